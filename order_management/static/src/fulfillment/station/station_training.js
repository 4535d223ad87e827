import { _t } from "@web/core/l10n/translation";
import { judge, TINY } from "./station_picture";

/**
 * Practice on real work: the server judges each scan, nothing is kept there or here.
 *
 * What was picked in practice is known on this page alone.
 */
export class StationTraining {
    constructor(store) {
        this.store = store;
        this.history = [];
        store.state.training = {
            scanned: {},
            accepted: 0,
            refused: 0,
            parcels: 0,
            startedAt: Date.now(),
        };
    }

    get state() {
        return this.store.state.training;
    }

    async scan(code, quantity) {
        const { store } = this;
        const { parts } = judge(
            store.state.works, (stop) => store.openOf(stop), code, quantity, store.focus
        ); // prettier-ignore
        for (const { pickingId, quantity: share } of parts) {
            const answers = await store.attempt(() =>
                store.picking("judge_scan", [[pickingId]], { barcode: code, quantity: share })
            );
            if (answers && this.store.training === this) {
                this.take(code, answers[0]);
            }
        }
    }

    take(code, answer) {
        const { store } = this;
        if (!answer.accepted) {
            return this.refuse(answer.message || answer.errors[0]?.message, code);
        }
        const wanted = answer.shares.reduce((sum, one) => sum + one.quantity, 0);
        const taken = this.pour(answer, wanted);
        if (!taken) {
            return this.refuse(store.explain("too_many"), code);
        }
        this.state.accepted += 1;
        this.history.push(taken);
        if (answer.kind === "location") {
            store.goTo(answer.location_id);
        } else {
            store.showLine(Number(Object.keys(taken)[0]));
        }
        const product = store.stops.find((one) => one.product_id === answer.product_id)?.product;
        store.say(answer.expects ? "info" : "good", answer.message, product || code);
        store.moveOn();
    }

    /** Put goods on the lines the server named, else on others of the product. */
    pour(answer, wanted) {
        const { store } = this;
        const named = answer.shares.map((one) => one.move_line_id);
        const lines = store.stops
            .filter((stop) => named.includes(stop.move_line_id) || this.isAlike(stop, answer, named))
            .sort((one, other) => named.includes(other.move_line_id) - named.includes(one.move_line_id));
        const taken = {};
        for (const stop of lines) {
            const part = Math.min(wanted, store.openOf(stop));
            if (part > TINY) {
                taken[stop.move_line_id] = part;
                wanted -= part;
            }
        }
        if (wanted > TINY) {
            return null;
        }
        for (const [lineId, part] of Object.entries(taken)) {
            this.state.scanned[lineId] = (this.state.scanned[lineId] || 0) + part;
        }
        return taken;
    }

    isAlike(stop, answer, named) {
        return (
            named.length > 0 &&
            stop.product_id === answer.product_id &&
            stop.picking_id === answer.picking_id &&
            stop.tracking === "none"
        );
    }

    refuse(message, code) {
        this.state.refused += 1;
        this.store.say("bad", message, code);
    }

    undo() {
        const taken = this.history.pop();
        if (!taken) {
            this.store.say("bad", _t("There is no scan of yours to take back."));
            return;
        }
        for (const [lineId, part] of Object.entries(taken)) {
            this.state.scanned[lineId] -= part;
        }
        this.store.say("info", _t("The last scan is taken back."));
        this.store.keepFocus();
    }

    pack() {
        this.state.parcels += 1;
        this.store.say("good", _t("Training: here a parcel is closed and its label printed."));
    }

    short(stop, quantity) {
        this.state.scanned[stop.move_line_id] = this.store.scannedOf(stop) + quantity;
        this.history.push({ [stop.move_line_id]: quantity });
        this.store.say("info", _t("Training: here the missing goods are booked out."));
        this.store.moveOn();
    }

    /** How it went: what the last page shows. */
    get score() {
        const { accepted, refused, parcels, startedAt } = this.state;
        const all = accepted + refused;
        return {
            accepted,
            refused,
            parcels,
            accuracy: all ? Math.round((100 * accepted) / all) : 100,
            seconds: Math.round((Date.now() - startedAt) / 1000),
        };
    }
}
