import { Component, useExternalListener, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { NumberPad } from "./number_pad";
import { tidy } from "./station_picture";
import { PlannedParcels } from "./station_plan";

/** Where the login page leads back to. */
const STATION = "/odoo/order-station";

class Panel extends Component {
    static components = { NumberPad };
    static props = {
        store: Object,
        panel: Object,
        // What is shown of the store: a panel is drawn again when one of these changes.
        works: Array,
        pending: Object,
        practiced: Number,
    };

    setup() {
        this.store = this.props.store;
        this.shown = useState(this.store.state);
        this.tidy = tidy;
    }
}

/** Close a parcel: of which transfer, in which box, how heavy. */
export class PackPanel extends Panel {
    static template = "order_management.StationPackPanel";
    static components = { ...Panel.components, PlannedParcels };

    setup() {
        super.setup();
        const full = this.works.filter((work) => this.store.looseOf(work).length);
        const here = full.find((work) => work.picking_id === this.store.focus?.picking_id);
        this.state = useState({
            pickingId: (here || full[0])?.picking_id,
            boxId: 0,
            weight: 0,
            isWeighing: false,
        });
        this.store.onPanelCommand = () => this.pack();
    }

    get works() {
        return this.shown.works.filter((work) => work.may_pack);
    }

    get work() {
        return this.works.find((work) => work.picking_id === this.state.pickingId);
    }

    get loose() {
        return this.work ? this.store.looseOf(this.work) : [];
    }

    get texts() {
        return { label: _t("Gross weight"), confirm: _t("Take this weight") };
    }

    setWeight(weight) {
        Object.assign(this.state, { weight, isWeighing: false });
    }

    pack() {
        if (this.loose.length || this.store.isTraining) {
            this.store.packNow([this.state.pickingId], this.state.boxId, this.state.weight);
        }
    }
}

/** Tell that a place holds too little: why, and how much is missing. */
export class ShortPanel extends Panel {
    static template = "order_management.StationShortPanel";

    setup() {
        super.setup();
        this.state = useState({ reason: null });
        this.store.onPanelCommand = null;
        useExternalListener(document.body, "keydown", (ev) => {
            const reason = this.reasons[Number(ev.key) - 1];
            if (reason && !this.state.reason && !ev.target.matches("input")) {
                this.state.reason = reason;
                ev.stopImmediatePropagation();
            }
        }, { capture: true }); // prettier-ignore
    }

    get reasons() {
        return this.shown.home?.reasons || [];
    }

    get stop() {
        return this.store.stops.find((one) => one.move_line_id === this.props.panel.lineId);
    }

    get open() {
        return this.stop ? this.store.openOf(this.stop) : 0;
    }

    get openText() {
        return String(this.open);
    }

    get texts() {
        return { label: _t("How many are missing?"), confirm: _t("Report as missing") };
    }

    report(quantity) {
        this.store.shortNow(this.stop, quantity, this.state.reason.code);
    }
}

/** Close the transfer: what is still to pick needs a reason, what is loose a parcel. */
export class DonePanel extends Panel {
    static template = "order_management.StationDonePanel";

    setup() {
        super.setup();
        this.store.onPanelCommand = () => this.isReady && this.store.shipNow();
    }

    get open() {
        return this.store.openStops;
    }

    get loose() {
        return this.shown.works
            .filter((work) => work.is_delivery && work.may_pack)
            .filter((work) => this.store.looseOf(work).length);
    }

    get isPicked() {
        return this.store.stops.some((stop) => this.store.scannedOf(stop));
    }

    get isReady() {
        return this.isPicked && !this.open.length && !this.loose.length;
    }

    get score() {
        return this.store.training?.score;
    }

    goTo(stop) {
        this.shown.focusId = stop.move_line_id;
        this.store.closePanel();
    }

    short(stop) {
        this.shown.focusId = stop.move_line_id;
        this.shown.panel = { name: "short", lineId: stop.move_line_id };
    }
}

/** Call somebody. */
export class HelpPanel extends Panel {
    static template = "order_management.StationHelpPanel";

    setup() {
        super.setup();
        this.state = useState({ message: "" });
        this.store.onPanelCommand = () => this.call();
    }

    get mayCall() {
        return this.shown.works.length > 0;
    }

    call() {
        if (this.mayCall) {
            this.store.helpNow(this.state.message);
        }
    }
}

/**
 * Let somebody else sign in on this device.
 *
 * A badge names a person and proves nothing: it fills in the login, the password is asked for.
 */
export class SwitchPanel extends Panel {
    static template = "order_management.StationSwitchPanel";

    setup() {
        super.setup();
        this.state = useState({ login: this.props.panel.login || "" });
        this.store.onPanelCommand = null;
        this.user = user;
    }

    get waiting() {
        return this.shown.waiting;
    }

    go() {
        const login = new URLSearchParams({ redirect: STATION });
        if (this.state.login) {
            login.set("login", this.state.login.trim());
        }
        const leave = new URLSearchParams({ redirect: `/web/login?${login}` });
        browser.location.href = `/web/session/logout?${leave}`;
    }
}

/** How many the next scan counts. */
export class CountPanel extends Panel {
    static template = "order_management.StationCountPanel";

    get texts() {
        return { label: _t("Quantity"), confirm: _t("Then scan") };
    }

    set(quantity) {
        this.shown.multiplier = quantity;
        this.store.closePanel();
    }
}
