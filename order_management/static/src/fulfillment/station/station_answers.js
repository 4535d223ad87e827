import { _t } from "@web/core/l10n/translation";
import { tidy } from "./station_picture";
import { StationWork } from "./station_work";

/** The way of what was done to the server, and what becomes of its answers. */
export class StationAnswers extends StationWork {
    send(entry) {
        const ids = [entry.pickingIds || [entry.pickingId]];
        const request_key = entry.key;
        switch (entry.kind) {
            case "scan":
                return this.picking("scan", ids, {
                    barcode: entry.code,
                    quantity: entry.quantity,
                    request_key,
                });
            case "undo":
                return this.picking("undo_scan", ids, { request_key: entry.of });
            case "pack":
                return this.picking("pack", ids, {
                    package_type_id: entry.packageTypeId || null,
                    weight: entry.weight || null,
                    request_key,
                });
            case "short":
                return this.picking("report_short", ids, {
                    move_line_id: entry.lineId,
                    quantity: entry.quantity,
                    reason: entry.reason,
                    request_key,
                });
            default:
                return this.picking("ship", ids);
        }
    }

    onAnswer(entry, answers) {
        this.look = null; // what is being read may be older than this
        const refused = answers.filter((answer) => !answer.ok);
        if (entry.kind === "scan") {
            this.onScanned(entry, answers[0]);
        } else if (refused.length) {
            this.say("bad", refused.map((answer) => answer.errors[0].message).join("\n"));
        } else {
            this[`on_${entry.kind}`](entry, answers);
        }
        this.refreshSoon();
    }

    onScanned(entry, answer) {
        if (!answer.accepted) {
            const text = answer.errors[0]?.message || answer.message;
            this.say("bad", text, entry.code);
            return;
        }
        // What was answered before is counted already by the look that follows.
        for (const { lineId, quantity } of (!answer.replayed && entry.shares) || []) {
            const stop = this.stops.find((one) => one.move_line_id === lineId);
            if (stop) {
                stop.scanned = tidy(Math.min(stop.scanned + quantity, stop.quantity));
            }
        }
        const stop = this.stops.find((one) => one.move_line_id === answer.line_id);
        if (answer.line_id || answer.kind === "location") {
            const { key, pickingId, code } = entry;
            this.taken.push({ key, pickingId, code, lineId: answer.line_id });
        }
        if (answer.kind === "location") {
            this.goTo(answer.location_id);
        } else if (stop) {
            this.state.focusId = stop.move_line_id;
        }
        const product = this.stops.find((one) => one.product_id === answer.product_id)?.product;
        this.say(answer.expects ? "info" : "good", answer.message, product || entry.code);
        this.moveOn();
    }
    on_undo(entry, [answer]) {
        const stop = this.stops.find((one) => one.move_line_id === entry.lineId);
        if (stop && !answer.replayed) {
            stop.scanned = tidy(Math.max(stop.scanned - answer.undone, 0));
            stop.is_done = false;
            this.state.focusId = stop.move_line_id;
        }
        this.say("info", _t("The last scan is taken back."), entry.code);
    }

    on_pack(entry, [answer]) {
        this.tell("done");
        this.state.message = {
            kind: "good",
            title: answer.sscc || answer.name,
            text: _t("The parcel is closed, its label is printed."),
        };
        if (answer.weight_alarm) {
            this.say("bad", answer.message);
        }
        this.onParcels([answer.package_id]);
    }

    onPackedAsPlanned(packageIds) {
        this.tell("done");
        this.state.panel = null;
        this.say("good", _t("%s parcels are closed, their labels are printed.", packageIds.length));
        this.onParcels(packageIds);
        this.refreshSoon();
    }

    on_short(entry, [answer]) {
        const text = answer.backordered
            ? _t("%s are left for later.", tidy(answer.backordered))
            : _t("It is taken from another place.");
        this.say("info", text);
    }

    on_ship(entry, answers) {
        this.tell("done");
        const later = answers.filter((answer) => answer.backorder_id).length;
        this.state.message = {
            kind: "good",
            title: _t("Closed"),
            text: later ? _t("The rest is left for a backorder.") : "",
        };
    }

    onRefused(entry, error) {
        this.say("bad", error.data?.message || error.message, entry.code || "");
        this.refreshSoon();
    }
}
