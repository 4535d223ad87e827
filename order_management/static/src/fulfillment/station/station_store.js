import { _t } from "@web/core/l10n/translation";
import { StationAnswers } from "./station_answers";
import { findCommand, judge, readBadge, tidy, TINY } from "./station_picture";
import { StationTraining } from "./station_training";

/** The station without its looks: scans, commands, and what is decided on panels. */
export class StationStore extends StationAnswers {
    // Scanning

    /** Take what a scanner or a hand has put in. */
    async scan(code) {
        code = code.trim();
        if (!code) {
            return;
        }
        const command = findCommand(code);
        if (command) {
            return this.onCommand(command);
        }
        const login = readBadge(code);
        if (login) {
            this.state.panel = { name: "switch", login };
            return;
        }
        if (this.state.works.every((work) => !work.is_open)) {
            return this.findWork(code);
        }
        const quantity = this.state.multiplier;
        this.state.multiplier = 1;
        if (this.isTraining) {
            return this.training.scan(code, quantity);
        }
        const judged = judge(
            this.state.works, (stop) => this.openOf(stop), code, quantity, this.focus
        ); // prettier-ignore
        if (this.queue.isOffline && judged.refusal) {
            this.say("bad", this.explain(judged.refusal), code);
            return;
        }
        for (const { pickingId, quantity: share, shares } of judged.parts) {
            this.queue.add({ kind: "scan", pickingId, code, quantity: tidy(share), shares });
        }
        if (this.queue.isOffline) {
            this.say("good", _t("Kept on this device; it is sent when the network is back."), code);
            this.moveOn();
        }
    }

    explain(refusal) {
        return refusal === "too_many"
            ? _t("That is more than there is left to pick.")
            : _t("This does not belong to this transfer.");
    }

    /** On the start page, the number of a transfer opens it. */
    async findWork(code) {
        const mine = this.state.home?.mine.find((work) => work.name === code);
        if (mine) {
            return this.open(mine.picking_ids);
        }
        const found = await this.attempt(() =>
            this.call("stock.picking", "search_read", [], {
                domain: [
                    ["name", "=", code],
                    ["state", "not in", ["draft", "done", "cancel"]],
                ],
                fields: ["id"],
                limit: 1,
            })
        );
        if (found?.length) {
            return this.open([found[0].id]);
        }
        if (found) {
            this.say("bad", _t("No open transfer has this number."), code);
        }
    }

    async onCommand(command) {
        const { works, panel } = this.state;
        if (command === "next") {
            return this.next();
        }
        if (command === "help" || works.length) {
            if (panel?.name === command) {
                return this.onPanelCommand?.(command); // scanned twice: yes
            }
            return this[command]();
        }
        this.say("bad", _t("Take work or scan the number of a transfer first."));
    }

    next() {
        const { following } = this;
        if (following) {
            this.state.focusId = following.move_line_id;
            this.state.panel = null;
            return;
        }
        if (!this.state.works.some((work) => work.is_open) || this.isTraining) {
            return this.isTraining ? this.done() : this.nextWork();
        }
        this.say("info", _t("This is the last stop: pack, then close the transfer."));
    }

    pack() {
        this.state.panel = { name: "pack" };
    }

    short() {
        const { focus } = this;
        if (!focus || this.openOf(focus) <= TINY) {
            this.say("bad", _t("Nothing is left to pick here."));
            return;
        }
        this.state.panel = { name: "short", lineId: focus.move_line_id };
    }

    done() {
        this.state.panel = { name: "done" };
    }

    help() {
        this.state.panel = { name: "help" };
    }

    /** Take back my last scan: out of the queue if it waits there, else on the server. */
    undo() {
        if (this.isTraining) {
            return this.training.undo();
        }
        const waiting = this.queue.entries.filter((entry) => entry.kind === "scan").at(-1);
        if (waiting && this.queue.drop(waiting)) {
            this.showLine(waiting.shares?.[0]?.lineId);
            this.say("info", _t("The last scan is taken back."), waiting.code);
            return;
        }
        const last = waiting
            ? { ...waiting, lineId: waiting.shares?.[0]?.lineId }
            : this.taken.pop() || this.lastKnown;
        if (!last) {
            this.say("bad", _t("There is no scan of yours to take back."));
            return;
        }
        const { key: of, pickingId, code, lineId } = last;
        this.undone.add(of);
        this.queue.add({ kind: "undo", pickingId, of, code, lineId });
    }
    /** My newest scan that can be taken back, as the server has told; of an earlier page, say. */
    get lastKnown() {
        const mine = this.state.works
            .flatMap((work) => work.scans.map((scan) => ({ ...scan, work })))
            .filter((scan) => scan.is_mine && scan.accepted && !scan.is_undone)
            .filter((scan) => scan.request_key && !this.undone.has(scan.request_key))
            .filter((scan) => scan.quantity || scan.kind === "location");
        const last = mine.sort((one, other) => other.id - one.id)[0];
        return (
            last && {
                key: last.request_key,
                pickingId: last.work.picking_id,
                code: last.barcode,
                lineId: last.move_line_id,
            }
        );
    }

    closePanel() {
        this.state.panel = null;
    }

    // What panels decide

    packNow(pickingIds, packageTypeId, weight) {
        this.closePanel();
        if (this.isTraining) {
            return this.training.pack();
        }
        for (const pickingId of pickingIds) {
            this.queue.add({ kind: "pack", pickingId, packageTypeId, weight });
        }
        this.noteKept();
    }

    shortNow(stop, quantity, reason) {
        this.closePanel();
        if (this.isTraining) {
            return this.training.short(stop, quantity);
        }
        const { move_line_id: lineId, picking_id: pickingId } = stop;
        this.queue.add({ kind: "short", pickingId, lineId, quantity, reason });
        this.noteKept();
    }

    shipNow() {
        this.closePanel();
        const ids = this.state.works.filter((work) => work.is_open).map((work) => work.picking_id);
        this.queue.add({ kind: "ship", pickingIds: ids });
        this.noteKept();
    }

    noteKept() {
        if (this.queue.isOffline) {
            this.say("info", _t("Kept on this device; it is done when the network is back."));
        }
    }

    async helpNow(message) {
        this.closePanel();
        const ids = this.focus ? [this.focus.picking_id] : [this.state.works[0]?.picking_id];
        const answers = await this.attempt(() =>
            this.picking("call_for_help", [ids], { message: message || false })
        );
        if (answers) {
            const said = answers[0].replayed ? _t("Somebody is called already.") : _t("Help is called.");
            this.say("info", answers[0].ok ? said : answers[0].errors[0].message);
            this.refreshSoon();
        }
    }

    async answerHelp(pickingId) {
        if (await this.attempt(() => this.picking("answer_help", [[pickingId]]))) {
            await (this.state.works.length ? this.refresh() : this.loadHome(this.state.home.warehouse_id));
        }
    }

    /** Work here beside whoever has taken it. */
    join(work) {
        const { picking_id: pickingId, name: code } = work;
        this.queue.add({ kind: "scan", pickingId, code, quantity: 1, shares: [] });
    }

    startTraining() {
        this.state.panel = null;
        this.state.message = null;
        this.training = new StationTraining(this);
        this.state.focusId = 0;
        this.moveOn();
    }

    stopTraining() {
        this.training = null;
        this.state.training = null;
        this.state.panel = null;
        this.state.message = null;
        this.keepFocus();
        this.refreshSoon();
    }
}
