import { Component } from "@odoo/owl";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatFloat } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const KINDS = {
    "sale.order": _t("Order"),
    "purchase.order": _t("Purchase"),
    "mrp.production": _t("Production"),
    "stock.picking": _t("Transfer"),
};

/** Day by day what comes, leaves and can still be promised, with the documents behind it. */
export class TimelineField extends Component {
    static template = "order_management.TimelineField";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
    }

    get value() {
        return this.props.record.data[this.props.name] || { days: [], parts: [], rest: 0 };
    }

    get isKit() {
        return this.value.parts.length > 0;
    }

    get most() {
        return Math.max(...this.value.days.map((day) => day.free), 1);
    }

    formatDay(day) {
        return formatDate(deserializeDate(day));
    }

    /** "today", "tomorrow", "in 5 days", in the reader's language. */
    formatDistance(day) {
        return deserializeDate(day).toRelativeCalendar({ unit: "days" });
    }

    formatQuantity(quantity) {
        return formatFloat(quantity, { digits: [false, 2], trailingZeros: false });
    }

    kindOf(entry) {
        return KINDS[entry.model] || "";
    }

    directionOf(entry) {
        return entry.comes_in ? _t("Comes in") : _t("Leaves");
    }

    describeLateness(entry) {
        return _t("due since %s", this.formatDay(entry.late_since));
    }

    describeHidden(day) {
        return _t("and %s more", day.hidden);
    }

    describeRest() {
        return _t("%s later days are not shown.", this.value.rest);
    }

    /** What of today's free goods is only to come today. */
    describeArrival(day) {
        return day.now
            ? _t("%s of them are here already", this.formatQuantity(day.now))
            : _t("not here yet");
    }

    async open(entry) {
        await this.action.doAction({
            type: "ir.actions.act_window",
            res_model: entry.model,
            res_id: entry.id,
            views: [[false, "form"]],
        });
    }

    async openPart(part) {
        await this.open({ model: "order.availability", id: part.id });
    }
}

registry.category("fields").add("order_timeline", {
    component: TimelineField,
    supportedTypes: ["json"],
});
