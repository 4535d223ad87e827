import {
    Component,
    onMounted,
    onWillStart,
    onWillUnmount,
    useEffect,
    useExternalListener,
    useRef,
    useState,
    useSubEnv,
} from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useBus, useService } from "@web/core/utils/hooks";
import { session } from "@web/session";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import {
    CountPanel,
    DonePanel,
    HelpPanel,
    PackPanel,
    ShortPanel,
    SwitchPanel,
} from "./station_panels";
import { tidy } from "./station_picture";
import { stationPrinter } from "./station_printer";
import { StationSounds } from "./station_sounds";
import { StationStore } from "./station_store";

const PATIENCE = 15000; // milliseconds until a call counts as lost
const FLASH = 450;
const CHANNEL = "order_station";
const PANELS = {
    pack: PackPanel,
    short: ShortPanel,
    done: DonePanel,
    help: HelpPanel,
    switch: SwitchPanel,
    count: CountPanel,
};

/** A call that does not wait for ever. */
function callServer(model, method, args, kwargs) {
    const request = rpc(
        `/web/dataset/call_kw/${model}/${method}`,
        { model, method, args, kwargs: { ...kwargs, context: user.context } },
        { silent: true }
    );
    const timer = browser.setTimeout(() => request.abort(), PATIENCE);
    return request.finally(() => browser.clearTimeout(timer));
}

/** The pick and pack station: full screen, for scanner, keyboard and touch. */
export class OrderStation extends Component {
    static template = "order_management.Station";
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.bus = useService("bus_service");
        this.barcode = useService("barcode");
        this.main = useRef("main");
        this.sounds = new StationSounds();
        this.state = useState({});
        this.ui = useState({ flash: "", isMuted: false, code: "" });
        this.pads = {};
        useSubEnv({ stationBus: this.pads });
        this.store = new StationStore({
            call: callServer,
            tell: (name) => this.tell(name),
            storage: browser.localStorage,
            prefix: `order_management.station.${session.db}.${user.userId}`,
            state: this.state,
            onParcels: (ids) => this.printLabels(ids),
        });
        this.ui.isMuted = this.sounds.isMuted = Boolean(this.store.remembered("muted"));
        this.followed = [];
        this.onNews = (news) => this.store.onNews(news);
        useBus(this.barcode.bus, "barcode_scanned", ({ detail }) => this.onScan(detail.barcode));
        useExternalListener(window, "online", () => this.store.queue.retry());
        useExternalListener(window, "keydown", (ev) => this.onKeydown(ev));
        useBus(this.bus, "BUS:RECONNECT", () => this.store.refreshSoon());
        onWillStart(() => this.store.start(this.props.action.params?.picking_ids));
        onMounted(() => this.bus.subscribe(CHANNEL, this.onNews));
        useEffect(
            () => this.follow(),
            () => [this.state.works.map((work) => work.picking_id).join()]
        );
        useEffect(
            () => {
                this.main.el.scrollTop = 0;
            },
            () => [this.state.focusId, this.state.panel]
        );
        onWillUnmount(() => this.leave());
    }

    leave() {
        this.bus.unsubscribe(CHANNEL, this.onNews);
        this.followed.forEach((channel) => this.bus.deleteChannel(channel));
        this.store.stop();
        this.sounds.close();
        browser.clearTimeout(this.flashTimer);
    }

    /** Hear of what others do to the open transfers. */
    follow() {
        const wanted = this.state.works.map((work) => `${CHANNEL}_${work.picking_id}`);
        this.followed
            .filter((channel) => !wanted.includes(channel))
            .forEach((channel) => this.bus.deleteChannel(channel));
        wanted
            .filter((channel) => !this.followed.includes(channel))
            .forEach((channel) => this.bus.addChannel(channel));
        this.followed = wanted;
    }

    // In

    onScan(barcode) {
        this.pads.pad?.forgetScan();
        return this.store.scan(barcode);
    }

    onTyped() {
        const { code } = this.ui;
        this.ui.code = "";
        return this.store.scan(code);
    }

    onKeydown(ev) {
        if (ev.key === "Escape" && this.state.panel) {
            this.store.closePanel();
        }
    }

    toggleSounds() {
        this.ui.isMuted = this.sounds.isMuted = !this.ui.isMuted;
        this.store.remember("muted", this.ui.isMuted);
    }

    onWarehouseChange(ev) {
        return this.store.loadHome(Number(ev.target.value));
    }

    /** Back to where the transfer is kept in the app. */
    exit() {
        const [work] = this.state.works;
        if (!work) {
            return this.action.doAction("order_management.stock_picking_action_order_management", {
                clearBreadcrumbs: true,
            });
        }
        return this.action.doAction(
            {
                type: "ir.actions.act_window",
                res_model: work.batch_id ? "stock.picking.batch" : "stock.picking",
                res_id: work.batch_id || work.picking_id,
                views: [[false, "form"]],
            },
            { clearBreadcrumbs: true }
        );
    }

    // Out

    tell(name) {
        this.sounds.play(name);
        this.ui.flash = name;
        browser.clearTimeout(this.flashTimer);
        this.flashTimer = browser.setTimeout(() => (this.ui.flash = ""), FLASH);
    }

    async printLabels(packageIds, again = false) {
        const answers = await this.store.attempt(() =>
            stationPrinter.printLabels(callServer, packageIds, again)
        );
        const refused = answers?.find((answer) => !answer.ok);
        if (refused) {
            this.store.say("bad", refused.errors[0].message);
        } else if (answers) {
            this.store.refreshSoon();
        }
    }

    // What is shown

    get Panel() {
        return PANELS[this.state.panel?.name];
    }

    get panelTitle() {
        return {
            pack: _t("Close a parcel"),
            short: _t("Too little here"),
            done: this.store.isTraining ? _t("Training is over") : _t("Close the transfer"),
            help: _t("Help"),
            switch: _t("Switch user"),
            count: _t("How many does the next scan count?"),
        }[this.state.panel.name];
    }

    get focus() {
        return this.store.focus;
    }

    get workOfFocus() {
        const { works } = this.state;
        return works.find((work) => work.picking_id === this.focus?.picking_id) || works[0];
    }

    get title() {
        const { works } = this.state;
        return works[0].batch || works[0].name;
    }

    get isClosed() {
        return this.state.works.every((work) => !work.is_open);
    }

    get locked() {
        return this.state.works.find((work) => work.is_open && !work.may_work);
    }

    get counts() {
        const { stops } = this.store;
        const done = stops.filter((stop) => !this.store.openOf(stop)).length;
        const share = stops.length ? Math.round((100 * done) / stops.length) : 100;
        return { stops: stops.length, done, share };
    }

    get refused() {
        return this.state.works.reduce((sum, work) => sum + work.counts.refused, 0);
    }

    get parcels() {
        return this.state.works.flatMap((work) =>
            work.parcels.map((parcel) => ({ ...parcel, work }))
        );
    }

    get helpers() {
        const people = this.state.works.flatMap((work) => [
            ...(work.claimed_by ? [work.claimed_by] : []),
            ...work.helpers,
        ]);
        return [...new Map(people.map((person) => [person.id, person])).values()];
    }

    get calls() {
        return this.state.works.flatMap((work) =>
            work.help.map((call) => ({ ...call, pickingId: work.picking_id }))
        );
    }

    get lastScans() {
        return this.state.works
            .flatMap((work) => work.scans)
            .sort((one, other) => other.id - one.id)
            .slice(0, 5);
    }

    count(number) {
        return tidy(number).toLocaleString(undefined, { maximumFractionDigits: 3 });
    }

    at(text) {
        return text ? formatDateTime(deserializeDateTime(text), { format: "ccc d LLL, HH:mm" }) : "";
    }
}

registry.category("actions").add("order_station", OrderStation);
