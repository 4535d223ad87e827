import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { patch } from "@web/core/utils/patch";
import { stationPrinter } from "@order_management/fulfillment/station/station_printer";

const tours = registry.category("web_tour.tours");
const STATION = ".o_order_station";
const SENT = `${STATION}[data-waiting='0']`;

/** What a scanner does: it types fast and ends with Enter. */
function type(code) {
    for (const key of [...code, "Enter"]) {
        document.body.dispatchEvent(
            new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })
        );
    }
}

/** Scan a code, and wait for what is shown then. */
function scan(code, shown) {
    return [
        { content: `scan ${code}`, trigger: STATION, run: () => type(code) },
        { content: `after ${code}`, trigger: shown },
    ];
}

function counts(scanned, wanted) {
    return (
        `${SENT} .o_order_station_count:has(.o_order_station_scanned:contains(/^${scanned}$/))` +
        `:has(.o_order_station_wanted:contains(/^.*${wanted}$/))`
    );
}

const at = (place) => `${STATION} .o_order_station_location:contains(${place})`;
const said = (kind, text) => `${STATION} .o_message_${kind}:contains(${text})`;
const panel = (name) => `${STATION} [data-panel=${name}]`;

/** Labels are not printed on the machine of the tests; they are counted. */
function countLabels() {
    patch(stationPrinter, {
        show(content) {
            const shown = Number(document.body.dataset.labels || 0) + 1;
            document.body.dataset.labels = atob(content).startsWith("%PDF") ? shown : -1;
        },
    });
}

/** A picker takes an order, picks, packs, labels and closes it with the scanner alone. */
tours.add("order_station_scans", {
    steps: () => [
        { content: "start page", trigger: ".o_order_station_next:contains(1 waiting)", run: countLabels },
        ...scan("OM-NEXT", at("ST-05")),
        { content: "picture", trigger: ".o_order_station_picture" },
        { content: "next stop is visible", trigger: ".o_order_station_following:contains(ST-15)" },
        ...scan("5901234123457", said("bad", "does not belong")),
        ...scan("4006381333948", counts(1, 2)),
        ...scan("4006381333948", at("ST-15")),
        { content: "one of two stops", trigger: ".o_order_station_share:contains(1 / 2)" },
        ...scan("OM-UNDO", counts(1, 2)),
        { content: "back at the stop", trigger: ".o_order_station_share:contains(0 / 2)" },
        ...scan("4006381333948", `${SENT} .o_order_station_share:contains(1 / 2)`),
        ...scan("LOT-X", said("bad", "LOT-1")),
        ...scan("LOT-1", `${SENT} .o_all_picked`),
        ...scan("OM-DONE", `${panel("done")}:contains(in a parcel)`),
        ...scan("OM-PACK", panel("pack")),
        ...scan("OM-PACK", said("good", "label is printed")),
        { content: "label", trigger: "body[data-labels='1']" },
        { content: "parcel", trigger: ".o_order_station_parcel_count:contains(1)" },
        ...scan("OM-DONE", `${panel("done")} .o_order_station_ship`),
        ...scan("OM-DONE", ".o_order_station_closed:contains(Closed)"),
        ...scan("OM-NEXT", said("info", "no work")),
    ],
});

/** A place holds less than it should: the reason is asked, the rest comes from elsewhere. */
tours.add("order_station_short", {
    steps: () => [
        { content: "start page", trigger: ".o_order_station_next", run: countLabels },
        { content: "my work", trigger: "button:contains(TOUR-SHORT)", run: "click" },
        { content: "first shelf", trigger: at("ST-05") },
        ...scan("4006381333948", counts(1, 3)),
        ...scan("OM-DONE", `${panel("done")} .o_order_station_open:contains(ST-05):contains(2)`),
        { content: "it can't be closed", trigger: `${panel("done")}:not(:has(.o_order_station_ship))` },
        { content: "what is short", trigger: ".o_order_station_open button:contains(Short)", run: "click" },
        { content: "why", trigger: `${panel("short")} [data-reason=missing]`, run: "click" },
        {
            content: "all that is open is suggested",
            trigger: ".o_order_station_number:contains(2)",
        },
        { content: "report", trigger: ".o_order_station_confirm:enabled", run: "click" },
        { content: "elsewhere", trigger: at("ST-15") },
        ...scan("4006381333948", counts(1, 2)),
        ...scan("4006381333948", `${SENT} .o_order_station_share:contains(2 / 2)`),
        ...scan("OM-PACK", panel("pack")),
        { content: "how heavy", trigger: ".o_order_station_weigh", run: "click" },
        { content: "two", trigger: "[data-key='2']", run: "click" },
        { content: "and", trigger: "[data-key='.']", run: "click" },
        { content: "a half", trigger: "[data-key='5']", run: "click" },
        { content: "weight", trigger: ".o_order_station_confirm:enabled", run: "click" },
        { content: "pack", trigger: ".o_order_station_pack", run: "click" },
        { content: "packed", trigger: said("good", "label is printed") },
        ...scan("OM-DONE", `${panel("done")} .o_order_station_ship`),
        { content: "close", trigger: ".o_order_station_ship", run: "click" },
        { content: "closed", trigger: ".o_order_station_closed" },
    ],
});

const RealRequest = browser.XMLHttpRequest;

/**
 * Calls of the station that never arrive, or that arrive and whose answer is lost. Other requests
 * get through: what the rest of the web client asks meanwhile is not the station's to mend.
 */
function cutNetwork(isAnswerLost) {
    browser.XMLHttpRequest = class extends RealRequest {
        open(method, url) {
            this.isCut = url.startsWith("/web/dataset/call_kw/stock.picking/");
            super.open(method, url);
        }
        addEventListener(name, listener) {
            if (name === "error") {
                this.onLost = listener;
            }
            if (name !== "load") {
                return super.addEventListener(name, listener);
            }
            super.addEventListener(name, () => (this.isCut ? this.onLost() : listener()));
        }
        send(body) {
            if (this.isCut && !isAnswerLost) {
                Promise.resolve().then(() => this.onLost());
            } else {
                super.send(body);
            }
        }
    };
}

function mendNetwork() {
    browser.XMLHttpRequest = RealRequest;
    window.dispatchEvent(new Event("online"));
}

/** The network is gone for a while: scans wait on the device, none is lost, none counts twice. */
tours.add("order_station_gap", {
    steps: () => [
        { content: "start page", trigger: ".o_order_station_next:contains(1 waiting)" },
        ...scan("OM-NEXT", at("ST-05")),
        ...scan("4006381333948", counts(1, 4)),
        { content: "answers get lost", trigger: STATION, run: () => cutNetwork(true) },
        ...scan("4006381333948", ".o_order_station_waiting:contains(1)"),
        { content: "nothing gets through", trigger: STATION, run: () => cutNetwork(false) },
        ...scan("4006381333948", ".o_order_station_waiting:contains(2)"),
        { content: "wrong goods", trigger: STATION, run: () => type("5901234123457") },
        { content: "are refused at once", trigger: said("bad", "does not belong") },
        ...scan("4006381333948", ".o_order_station_waiting:contains(3)"),
        { content: "counted here", trigger: `${STATION} .o_order_station_share:contains(1 / 2)` },
        { content: "at the next stop", trigger: at("ST-15") },
        { content: "one too many", trigger: STATION, run: () => type("4006381333948") },
        { content: "is refused", trigger: said("bad", "more than there is left") },
        ...scan("LOT-1", ".o_order_station_waiting:contains(4)"),
        {
            content: "the page is loaded again while all of it waits",
            trigger: STATION,
            run: () => browser.location.reload(),
            expectUnloadPage: true,
        },
        { content: "all was sent", trigger: `${SENT} .o_all_picked` },
        { content: "online", trigger: `${STATION}:not(:has(.o_order_station_offline))` },
        { content: "again", trigger: STATION, run: () => cutNetwork(false) },
        ...scan("OM-UNDO", ".o_order_station_waiting:contains(1)"),
        { content: "back", trigger: STATION, run: mendNetwork },
        { content: "undone", trigger: `${SENT} .o_order_station_share:contains(1 / 2)` },
        { content: "it goes on", trigger: `${STATION}:not(:has(.o_order_station_offline))` },
    ],
});

/** A picker practices on real work: nothing is kept. */
tours.add("order_station_training", {
    steps: () => [
        { content: "start page", trigger: ".o_order_station_next:contains(1 waiting)" },
        ...scan("OM-NEXT", at("ST-05")),
        { content: "train", trigger: ".o_order_station_train", run: "click" },
        { content: "it says so", trigger: ".o_order_station_banner:contains(TRAINING)" },
        ...scan("5901234123457", said("bad", "does not belong")),
        ...scan("4006381333948", counts(1, 2)),
        ...scan("4006381333948", at("ST-15")),
        ...scan("4006381333948", said("bad", "more than there is left")),
        ...scan("LOT-1", `${STATION} .o_all_picked`),
        ...scan("OM-PACK", panel("pack")),
        ...scan("OM-PACK", said("good", "Training")),
        ...scan("OM-DONE", ".o_order_station_score:contains(60 %)"),
        { content: "end", trigger: ".o_order_station_score button", run: "click" },
        { content: "as before", trigger: ".o_order_station_share:contains(0 / 2)" },
        { content: "no banner", trigger: `${STATION}:not(:has(.o_order_station_banner))` },
        ...scan("OM-HELP", panel("help")),
        ...scan("OM-HELP", said("info", "Help is called")),
        { content: "seen by all", trigger: ".o_order_station_call:contains(Station Picker)" },
        ...scan("OM-USER anna", `${panel("switch")} input:value(anna)`),
        { content: "back", trigger: ".o_order_station_close", run: "click" },
        { content: "leave", trigger: ".o_order_station_exit", run: "click" },
        {
            content: "the transfer",
            trigger: ".o_form_view .o_field_widget[name=claimed_by_id]:contains(Station Picker)",
        },
    ],
});
