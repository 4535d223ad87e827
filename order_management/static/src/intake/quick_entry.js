import { Component, onWillStart, useEffect, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { formatCurrency } from "@web/core/currency";
import { useHotkey } from "@web/core/hotkeys/hotkey_hook";
import { deserializeDate, formatDate, serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { ConnectionAbortedError, ConnectionLostError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { formatFloat } from "@web/core/utils/numbers";
import { useDebounced } from "@web/core/utils/timing";
import { parseFloat } from "@web/views/fields/parsers";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { SuggestBox } from "./suggest_box";

const { DateTime } = luxon;
const MODEL = "order.quick.entry";
const QUANTITY = /^(\d+(?:[.,]\d+)?)\s*\*\s*(.+)$/; // 3*CODE
const NEW_CUSTOMER = ["name", "phone", "email", "street", "zip", "city", "country"];

function makeToken() {
    return Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) =>
        byte.toString(16).padStart(2, "0")
    ).join("");
}

/**
 * Takes an order on the phone or at the counter: who, what, saved and checked by one key.
 *
 * Each entry has a reference from its start on; however often it is sent, it becomes one order.
 */
export class QuickEntry extends Component {
    static template = "order_management.QuickEntry";
    static components = { Layout, SuggestBox };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.nextKey = 1;
        this.ticket = 0;
        this.wanted = null; // id of the element that gets the focus after the next patch
        this.requote = useDebounced(() => this.loadQuote(), 200);
        this.state = useState({
            desks: null,
            channel: null,
            entry: null,
            customer: null,
            quote: null,
            isQuoting: false,
            isBusy: false,
            problems: [],
            candidates: [],
            notice: "",
            saved: null,
        });
        useSetupAction({
            getLocalState: () => ({
                channel: this.state.channel,
                entry: JSON.parse(JSON.stringify(this.state.entry)),
                saved: this.state.saved && JSON.parse(JSON.stringify(this.state.saved)),
            }),
        });
        useHotkey("control+enter", () => this.save(), { bypassEditableProtection: true });
        useHotkey("alt+n", () => this.state.saved && this.startOver(), {
            bypassEditableProtection: true,
        });
        onWillStart(() => this.start());
        useEffect(() => this.moveFocus());
    }

    // Starting

    async start() {
        await this.loadDesks();
        const before = this.props.state;
        if (before?.entry && this.channels.some((desk) => desk.code === before.channel)) {
            this.state.channel = before.channel;
            this.state.entry = before.entry;
            this.nextKey = Math.max(0, ...before.entry.lines.map((line) => line.key)) + 1;
            await this.restore(before);
        }
    }

    async restore({ entry, saved }) {
        if (entry.partnerId) {
            await this.loadCustomer(entry.partnerId);
        }
        this.requote();
        if (saved) {
            this.state.saved = saved;
            await this.refreshSaved();
        }
    }

    async loadDesks() {
        this.state.desks = await this.orm.call(MODEL, "get_channels", []);
        const last = browser.localStorage.getItem(this.storageKey);
        const desk = this.channels.find(({ code }) => code === last) || this.channels[0];
        this.state.channel = desk ? desk.code : null;
        this.state.entry = this.makeEntry();
        this.wanted = "quick_customer";
    }

    get storageKey() {
        return `order_management.quick_entry.channel.${user.userId}`;
    }

    get channels() {
        return this.state.desks.channels;
    }

    get desk() {
        return this.channels.find(({ code }) => code === this.state.channel);
    }

    makeEntry() {
        return {
            ref: `${this.state.channel}-${makeToken()}`,
            partnerId: false,
            shippingId: false,
            newCustomer: null,
            lines: [],
            requestedDate: "",
            reference: "",
            note: "",
        };
    }

    startOver() {
        Object.assign(this.state, {
            entry: this.makeEntry(),
            customer: null,
            quote: null,
            problems: [],
            candidates: [],
            notice: "",
            saved: null,
        });
        this.focus("quick_customer");
    }

    async onChannelChange(ev) {
        this.state.channel = ev.target.value;
        browser.localStorage.setItem(this.storageKey, this.state.channel);
        const { entry } = this.state;
        entry.ref = this.makeEntry().ref;
        if (entry.partnerId) {
            await this.guarded(() => this.loadCustomer(entry.partnerId));
        }
        this.requote();
        this.focus("quick_customer");
    }

    makeChannel() {
        this.action.doAction(
            {
                type: "ir.actions.act_window",
                name: _t("Sales channel for orders by phone"),
                res_model: "order.channel",
                views: [[false, "form"]],
                target: "new",
                context: {
                    default_kind: "phone",
                    default_name: _t("Phone"),
                    default_code: "PHONE",
                },
            },
            { onClose: () => this.guarded(() => this.loadDesks()) }
        );
    }

    // Asking the server

    ask(method, ...args) {
        return this.orm.call(MODEL, method, [this.state.channel, ...args]);
    }

    /** Run `work`; whatever goes wrong is told on the screen, and nothing typed is lost. */
    async guarded(work) {
        try {
            return await work();
        } catch (error) {
            this.onError(error);
            return undefined;
        }
    }

    onError(error) {
        this.state.notice = "";
        this.state.candidates = [];
        if (error instanceof ConnectionLostError || error instanceof ConnectionAbortedError) {
            this.state.problems = [
                _t("No connection. What you typed is still here; try again in a moment."),
            ];
        } else if (error.data?.message) {
            this.state.problems = [error.data.message];
        } else {
            throw error;
        }
    }

    // Focus

    focus(id) {
        this.wanted = id;
        browser.requestAnimationFrame(() => this.moveFocus());
    }

    moveFocus() {
        const element = this.wanted && document.getElementById(this.wanted);
        if (element) {
            this.wanted = null;
            if (element !== document.activeElement) {
                element.focus();
            }
        }
    }

    // Customer

    async searchCustomers(text) {
        const { customers } = await this.ask("search_customers", text);
        const items = customers.map((found) => ({ ...found, key: found.id }));
        const exact = items.length > 0 && items.filter(({ match }) => match !== "name").length === 1;
        return { items: [...items, { key: "new", isNew: true, text }], exact };
    }

    async pickCustomer(item, text) {
        if (item.isNew) {
            this.beginCustomer(text);
            return;
        }
        await this.guarded(async () => {
            await this.loadCustomer(item.id);
            Object.assign(this.state.entry, { partnerId: item.id, newCustomer: null });
            Object.assign(this.state, { problems: [], candidates: [] });
            this.state.notice = _t("%s is the customer.", this.state.customer.customer.name);
            this.requote();
            this.focus("quick_product");
        });
    }

    async loadCustomer(partnerId) {
        this.state.customer = await this.ask("get_customer", partnerId);
        const ids = this.state.customer.addresses.map(({ id }) => id);
        if (!ids.includes(this.state.entry.shippingId)) {
            this.state.entry.shippingId = ids[0];
        }
    }

    beginCustomer(text) {
        const values = Object.fromEntries(NEW_CUSTOMER.map((key) => [key, ""]));
        values.country = this.state.desks.country;
        const isPhone = /^[+\d][\d\s/.()-]{4,}$/.test(text);
        const key = text.includes("@") ? "email" : isPhone ? "phone" : "name";
        values[key] = text;
        Object.assign(this.state.entry, {
            partnerId: false,
            shippingId: false,
            newCustomer: values,
        });
        this.state.customer = null;
        this.state.problems = [];
        this.requote();
        this.focus(key === "name" ? "quick_new_phone" : "quick_new_name");
    }

    leaveCustomer() {
        Object.assign(this.state.entry, { partnerId: false, shippingId: false, newCustomer: null });
        this.state.customer = null;
        this.state.candidates = [];
        this.requote();
        this.focus("quick_customer");
    }

    pickCandidate(candidate) {
        return this.pickCustomer({ id: candidate.id });
    }

    onNewCustomerKeydown(ev) {
        if (ev.key === "Enter" && !ev.ctrlKey && ev.target.id === "quick_new_city") {
            this.focus("quick_product");
        }
    }

    get hasCustomer() {
        const { partnerId, newCustomer } = this.state.entry;
        return Boolean(partnerId || newCustomer);
    }

    // Lines

    splitQuantity(text) {
        const [, quantity, rest] = QUANTITY.exec(text) || [null, "1", text];
        return { quantity: Number(quantity.replace(",", ".")), text: rest };
    }

    async searchProducts(typed) {
        const { quantity, text } = this.splitQuantity(typed);
        const answer = await this.ask(
            "search_products",
            text,
            this.state.entry.partnerId || null,
            quantity
        );
        return {
            exact: answer.exact,
            items: answer.products.map((product) => ({
                ...product,
                key: product.product_id,
                currency_id: answer.currency_id,
            })),
        };
    }

    pickProduct(item, typed) {
        const { quantity } = this.splitQuantity(typed);
        this.state.problems = [];
        this.addLine(item, quantity);
        this.state.notice = _t("%(product)s added.", { product: item.name });
        this.requote();
        this.focus("quick_product");
    }

    addLine(product, quantity) {
        const same = this.state.entry.lines.find(
            (line) => line.product_id === product.product_id && line.uom_id === product.uom_id
        );
        if (same) {
            same.quantity += quantity;
            return;
        }
        const { product_id, sku, name, uom_id, uom, units } = product;
        this.state.entry.lines.push({
            key: this.nextKey++,
            quantity,
            ...{ product_id, sku, name, uom_id, uom, units },
        });
    }

    reorder(order) {
        for (const line of order.lines) {
            this.addLine(line, line.quantity);
        }
        this.state.notice = _t("%(count)s products of %(order)s added.", {
            count: order.lines.length,
            order: order.name,
        });
        this.requote();
        this.focus("quick_product");
    }

    removeLine(line) {
        const { lines } = this.state.entry;
        const index = lines.indexOf(line);
        lines.splice(index, 1);
        this.state.notice = _t("%(product)s removed.", { product: line.name });
        this.requote();
        const next = lines[index] || lines[index - 1];
        this.focus(next ? this.lineId(next) : "quick_product");
    }

    lineId(line) {
        return `quick_quantity_${line.key}`;
    }

    setQuantity(line, quantity) {
        line.quantity = quantity;
        this.requote();
    }

    onQuantityChange(line, ev) {
        try {
            const quantity = parseFloat(ev.target.value);
            if (quantity > 0) {
                this.setQuantity(line, quantity);
            }
        } catch {
            // The field falls back to the last quantity.
        }
        ev.target.value = this.formatQuantity(line.quantity);
    }

    onQuantityKeydown(line, ev) {
        const { lines } = this.state.entry;
        const neighbour = { ArrowUp: -1, ArrowDown: 1 }[ev.key];
        if (ev.key === "+" || ev.key === "-") {
            const quantity = line.quantity + (ev.key === "+" ? 1 : -1);
            if (quantity > 0) {
                this.setQuantity(line, quantity);
                ev.target.value = this.formatQuantity(quantity);
            }
        } else if (ev.key === "Delete") {
            this.removeLine(line);
        } else if (neighbour) {
            const other = lines[lines.indexOf(line) + neighbour];
            this.focus(other ? this.lineId(other) : "quick_product");
        } else if (ev.key === "Enter" && !ev.ctrlKey && !ev.metaKey) {
            this.onQuantityChange(line, ev);
            this.focus("quick_product");
        } else {
            return;
        }
        ev.preventDefault();
    }

    onUnitChange(line, ev) {
        line.uom_id = Number(ev.target.value);
        line.uom = line.units.find(({ id }) => id === line.uom_id).name;
        this.requote();
    }

    onShippingChange(ev) {
        this.state.entry.shippingId = Number(ev.target.value);
        this.requote();
    }

    /** What the last quote said of a line; nothing while its numbers are of another quantity. */
    quoted(line) {
        const found = this.state.quote?.byKey[line.key];
        return found && found.uom_id === line.uom_id ? found : null;
    }

    // Quote

    prepareEntry() {
        const { partnerId, shippingId, newCustomer, lines } = this.state.entry;
        return {
            partner_id: partnerId || false,
            shipping_id: (partnerId && shippingId) || false,
            customer: (!partnerId && this.prepareCustomer(newCustomer)) || false,
            lines: lines.map(({ product_id, uom_id, quantity }) => ({
                product_id,
                uom_id,
                quantity,
            })),
        };
    }

    prepareCustomer(values) {
        if (!values) {
            return false;
        }
        const filled = Object.entries(values).filter(([, text]) => text.trim());
        return Object.fromEntries(filled);
    }

    async loadQuote() {
        const ticket = ++this.ticket;
        const keys = this.state.entry.lines.map(({ key }) => key);
        if (!keys.length) {
            Object.assign(this.state, { quote: null, isQuoting: false });
            return;
        }
        this.state.isQuoting = true;
        const quote = await this.guarded(() => this.ask("quote", this.prepareEntry()));
        if (ticket !== this.ticket) {
            return;
        }
        this.state.isQuoting = false;
        if (quote) {
            const lines = quote.lines.map((line, index) => [keys[index], line]);
            this.state.quote = { ...quote, byKey: Object.fromEntries(lines) };
        }
    }

    // Saving

    get whatIsMissing() {
        const { partnerId, newCustomer, lines } = this.state.entry;
        if (!partnerId && !newCustomer) {
            return { message: _t("Say who orders first."), id: "quick_customer" };
        }
        if (!partnerId && !newCustomer.name.trim()) {
            return { message: _t("Give the new customer a name."), id: "quick_new_name" };
        }
        if (!lines.length) {
            return { message: _t("Add a product first."), id: "quick_product" };
        }
        return null;
    }

    async save() {
        if (this.state.isBusy || this.state.saved || !this.state.channel) {
            return;
        }
        // A quantity that is still being typed counts.
        const typed = document.activeElement;
        if (typed?.matches("input[id^=quick_quantity_]")) {
            typed.dispatchEvent(new Event("change"));
        }
        const missing = this.whatIsMissing;
        if (missing) {
            this.state.problems = [missing.message];
            this.focus(missing.id);
            return;
        }
        Object.assign(this.state, { isBusy: true, problems: [], candidates: [], notice: "" });
        const { ref, requestedDate, note, reference } = this.state.entry;
        const entry = {
            ...this.prepareEntry(),
            requested_date: requestedDate || false,
            note: note || false,
            customer_reference: reference || false,
        };
        const answer = await this.guarded(() => this.ask("save", ref, entry));
        this.state.isBusy = false;
        if (answer) {
            this.onSaved(answer);
        }
    }

    onSaved(answer) {
        if (!answer.order_id) {
            this.state.problems = answer.errors.map(({ message }) => message);
            this.state.candidates = answer.errors.flatMap(({ candidates }) => candidates || []);
            this.focus("quick_problems");
            return;
        }
        this.state.saved = answer;
        this.focusAnswer();
    }

    focusAnswer() {
        const { saved } = this.state;
        const isHeld = saved.hold_state === "held";
        const isReleasable = isHeld && saved.findings.some((found) => found.may_release);
        const isNext = saved.order_state === "sale" || (isHeld && !isReleasable);
        this.focus(isNext ? "quick_next" : isHeld ? "quick_release" : "quick_confirm");
    }

    async refreshSaved() {
        await this.guarded(async () => {
            const order = await this.orm.call(MODEL, "get_order", [this.state.saved.order_id]);
            Object.assign(this.state.saved, order);
            this.focusAnswer();
        });
    }

    async confirm() {
        if (this.state.isBusy) {
            return;
        }
        Object.assign(this.state, { isBusy: true, problems: [] });
        await this.guarded(async () => {
            const [answer] = await this.orm.call("sale.order", "process_orders", [
                [this.state.saved.order_id],
            ]);
            this.state.problems = answer.errors.map(({ message }) => message);
        });
        this.state.isBusy = false;
        await this.refreshSaved();
    }

    async release(finding) {
        await this.guarded(async () => {
            const action = await this.orm.call("order.finding", "action_release", [[finding.id]]);
            await this.action.doAction(action, { onClose: () => this.refreshSaved() });
        });
    }

    openOrder(orderId) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "sale.order",
            res_id: orderId,
            views: [[false, "form"]],
        });
    }

    // The answer in words

    get openFindings() {
        return this.state.saved.findings.filter((found) => found.state === "open");
    }

    get answerTitle() {
        const { saved } = this.state;
        if (saved.outcome === "conflict") {
            return _t("This entry was saved before it was changed");
        }
        if (saved.order_state === "sale") {
            return _t("Confirmed");
        }
        if (saved.order_state === "cancel") {
            return _t("Cancelled");
        }
        const titles = {
            held: _t("Saved and held"),
            warning: _t("Saved, with a warning"),
            clear: _t("Saved and clear"),
        };
        return titles[saved.hold_state] || _t("Saved");
    }

    get answerClass() {
        const { saved } = this.state;
        if (saved.outcome === "conflict" || saved.hold_state === "warning") {
            return "warning";
        }
        return saved.hold_state === "held" && saved.order_state !== "sale" ? "danger" : "success";
    }

    get mayConfirm() {
        const { saved, isBusy } = this.state;
        return !isBusy && saved.hold_state !== "held" && ["draft", "sent"].includes(saved.order_state);
    }

    get isOpen() {
        return ["draft", "sent"].includes(this.state.saved.order_state);
    }

    // Formats

    get today() {
        return serializeDate(DateTime.local());
    }

    money(amount, currencyId) {
        return formatCurrency(amount, currencyId);
    }

    formatQuantity(quantity) {
        return formatFloat(quantity, { digits: [0, 3], trailingZeros: false });
    }

    formatDay(day) {
        if (!day) {
            return "";
        }
        return day === this.today ? _t("today") : formatDate(deserializeDate(day));
    }

    /** How many are free now, and its color. */
    stockBadge(facts) {
        const count = this.formatQuantity(facts.free);
        const isOther = facts.uom !== facts.free_uom;
        const free = { count: isOther ? `${count} ${facts.free_uom}` : count };
        switch (facts.state) {
            case "free":
                return { class: "text-bg-success", text: _t("%(count)s free", free) };
            case "partly":
                return { class: "text-bg-warning", text: _t("Only %(count)s free", free) };
            case "none":
                return { class: "text-bg-danger", text: _t("None free") };
            default:
                return null;
        }
    }

    /** When the rest comes. */
    stockHint(facts) {
        if (!["partly", "none"].includes(facts.state)) {
            return "";
        }
        if (facts.ship_date) {
            return _t("all from %s", this.formatDay(facts.ship_date));
        }
        if (facts.next_date) {
            return _t("some more on %s", this.formatDay(facts.next_date));
        }
        return _t("none on order");
    }

    /** What a screen reader says of a line's fields. */
    labelsOf(line) {
        return {
            quantity: _t("Quantity of %s", line.name),
            unit: _t("Unit of %s", line.name),
            remove: _t("Remove %s", line.name),
        };
    }

    reorderLabel(order) {
        return _t("Order the products of %s again", order.name);
    }

    matchLabel(key) {
        return {
            channel: _t("Customer number"),
            ref: _t("Customer number"),
            vat: _t("Tax number"),
            email: _t("E-mail"),
            phone: _t("Phone"),
        }[key];
    }

    customerNotFound() {
        // The list offers to make one.
    }

    productNotFound(text) {
        this.state.notice = "";
        this.state.problems = [_t("There is no product “%s”.", text)];
    }
}

registry.category("actions").add("order_management.quick_entry", QuickEntry);
