import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { sumShares, tidy, TINY, walk } from "./station_picture";
import { isLost, makeKey, StationQueue } from "./station_queue";

const REFRESH_PAUSE = 150; // milliseconds in which several changes become one look

/**
 * The work that is open at the station: what is to pick, what is scanned, what waits for the
 * network.
 *
 * `call(model, method, args, kwargs)` reaches the server; `tell(kind, name)` flashes and sounds;
 * `state` is made reactive by the component.
 */
export class StationWork {
    constructor({ call, tell, storage, prefix, state, onParcels }) {
        Object.assign(this, { call, tell, storage, prefix, state, onParcels });
        Object.assign(state, {
            home: null,
            works: [],
            focusId: 0,
            panel: null,
            message: null,
            multiplier: 1,
            waiting: 0,
            pending: {},
            isOffline: false,
            isExpired: false,
            isBusy: false,
            training: null,
        });
        this.taken = []; // my accepted scans, the newest last
        this.undone = new Set(); // their keys, once they are taken back
        this.queue = new StationQueue({
            storage,
            prefix: `${prefix}.queue.`,
            send: (entry) => this.send(entry),
            onAnswer: (entry, answer) => this.onAnswer(entry, answer),
            onRefused: (entry, error) => this.onRefused(entry, error),
            onChange: () => this.noteQueue(),
        });
        this.queue.onRetry = () => this.refresh();
        this.noteQueue();
    }

    // Opening work

    async start(pickingIds, warehouseId) {
        await this.loadHome(warehouseId || this.remembered("warehouse"));
        const known = pickingIds?.length ? pickingIds : this.remembered("open");
        if (known?.length) {
            await this.open(known);
        }
        this.queue.run();
    }

    remembered(name) {
        try {
            return JSON.parse(this.storage.getItem(`${this.prefix}.${name}`));
        } catch {
            return null;
        }
    }

    remember(name, value) {
        this.storage.setItem(`${this.prefix}.${name}`, JSON.stringify(value));
    }

    async loadHome(warehouseId) {
        const home = await this.attempt(() =>
            this.picking("read_station_home", [], { warehouse_id: warehouseId || false })
        );
        if (home) {
            this.state.home = home;
            this.remember("warehouse", home.warehouse_id);
        }
    }

    async open(pickingIds) {
        let works = await this.attempt(() => this.picking("read_station", [pickingIds]));
        const together = works?.[0]?.batch_picking_ids || [];
        if (pickingIds.length === 1 && together.length > 1) {
            pickingIds = together; // what is picked on one tour
            works = await this.attempt(() => this.picking("read_station", [pickingIds]));
        }
        if (!works?.length) {
            this.remember("open", null);
            return;
        }
        this.state.works = works;
        this.taken = [];
        this.state.focusId = 0;
        this.moveOn();
        this.state.panel = null;
        this.remember("open", pickingIds);
    }

    async goHome() {
        Object.assign(this.state, {
            works: [],
            panel: null,
            message: null,
            focusId: 0,
            training: null,
            multiplier: 1,
        });
        this.remember("open", null);
        await this.loadHome(this.state.home?.warehouse_id);
    }

    /** Take the next work of the warehouse; asked twice, it is the same. */
    async nextWork() {
        const warehouse = this.state.home?.warehouse_id;
        if (!warehouse) {
            return;
        }
        this.claimKey ||= makeKey();
        const items = await this.attempt(() =>
            this.picking("claim_work", [], {
                warehouse_id: warehouse,
                limit: 1,
                request_key: this.claimKey,
            })
        );
        if (!items) {
            return;
        }
        this.claimKey = null;
        if (!items.length) {
            await this.goHome();
            this.say("info", _t("There is no work that nobody has taken."));
            return;
        }
        await this.open(items[0].picking_ids);
    }

    /** Look again at what is open; several wishes become one look. */
    refreshSoon() {
        browser.clearTimeout(this.refreshTimer);
        this.refreshTimer = browser.setTimeout(() => this.refresh(), REFRESH_PAUSE);
    }

    async refresh() {
        const ids = this.state.works.map((work) => work.picking_id);
        if (!ids.length || this.isStopped) {
            return;
        }
        const look = (this.look = {});
        try {
            const works = await this.picking("read_station", [ids]);
            this.queue.noteOnline();
            // A later look has begun, or something is on its way and would be counted twice: each
            // answer brings a look of its own.
            if (look === this.look && !this.queue.isSending) {
                this.state.works = works;
                this.keepFocus();
            }
        } catch (error) {
            if (!isLost(error)) {
                throw error;
            }
            this.queue.noteOffline(error);
        }
    }

    // What is shown

    get stops() {
        return walk(this.state.works);
    }

    get isTraining() {
        return Boolean(this.state.training);
    }

    scannedOf(stop) {
        if (this.isTraining) {
            return this.state.training.scanned[stop.move_line_id] || 0;
        }
        const pending = this.state.pending[stop.move_line_id] || 0;
        return tidy(Math.min(stop.scanned + pending, stop.quantity));
    }

    openOf(stop) {
        if (this.isTraining) {
            return tidy(stop.quantity - this.scannedOf(stop));
        }
        return stop.is_done ? 0 : tidy(stop.quantity - this.scannedOf(stop));
    }

    get focus() {
        return this.stops.find((stop) => stop.move_line_id === this.state.focusId);
    }

    get openStops() {
        return this.stops.filter((stop) => this.openOf(stop) > TINY);
    }

    /** The stop after the one that is shown. */
    get following() {
        const { focus } = this;
        return this.openFrom(focus).find((stop) => stop !== focus);
    }

    /** Open stops, those behind ``stop`` first, then those before it. */
    openFrom(stop) {
        const { stops } = this;
        const index = Math.max(stops.indexOf(stop), 0);
        const sorted = [...stops.slice(index), ...stops.slice(0, index)];
        return sorted.filter((one) => this.openOf(one) > TINY);
    }

    moveOn() {
        const { focus } = this;
        if (!focus || this.openOf(focus) <= TINY) {
            const next = this.openFrom(focus)[0];
            this.state.focusId = next ? next.move_line_id : focus?.move_line_id || 0;
        }
    }

    keepFocus() {
        if (!this.focus) {
            this.state.focusId = 0;
        }
        this.moveOn();
    }

    /** What is picked of a transfer and lies in no parcel yet. */
    looseOf(work) {
        return work.stops.filter((stop) => !stop.parcel_id && this.scannedOf(stop) > TINY);
    }

    say(kind, text, title = "") {
        this.state.message = { kind, text, title };
        if (kind === "good" || kind === "bad") {
            this.tell(kind);
        }
    }
    showLine(lineId) {
        if (this.stops.some((stop) => stop.move_line_id === lineId)) {
            this.state.focusId = lineId;
        }
    }

    /** Show an open stop at a place that was scanned. */
    goTo(locationId) {
        const here = this.openStops.find((stop) => stop.location_id === locationId);
        if (here) {
            this.state.focusId = here.move_line_id;
        }
    }

    // The way to the server

    picking(method, args, kwargs = {}) {
        return this.call("stock.picking", method, args, kwargs);
    }

    /** A call that waits for nothing: without network it is told and answers nothing. */
    async attempt(work) {
        this.state.isBusy = true;
        try {
            const answer = await work();
            this.queue.noteOnline();
            return answer;
        } catch (error) {
            const lost = isLost(error);
            if (lost) {
                this.queue.noteOffline(error);
            }
            this.say(
                "bad",
                lost ? _t("There is no network. Try again.") : error.data?.message || error.message
            );
            return null;
        } finally {
            this.state.isBusy = false;
        }
    }

    noteQueue() {
        const { queue } = this;
        if (!queue) {
            return;
        }
        Object.assign(this.state, {
            waiting: queue.entries.length,
            pending: sumShares(queue.entries),
            isOffline: queue.isOffline,
            isExpired: queue.isExpired,
        });
    }

    /** Somebody, here or elsewhere, has done something to a transfer. */
    onNews({ picking_id: pickingId }) {
        if (this.state.works.some((work) => work.picking_id === pickingId)) {
            this.refreshSoon();
        }
    }

    stop() {
        this.isStopped = true;
        this.queue.stop();
        browser.clearTimeout(this.refreshTimer);
    }
}
