import { _t } from "@web/core/l10n/translation";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";
import { OrderLineChart } from "./line_chart";

const GREY = "#9ca3af";
const RED = "#dc2626";
const BLUE = "#2563eb";
const ACCENT = "#714b67";

/** The history of a forecast, what was told of it, and what is expected. */
export class ForecastChartField extends Component {
    static template = "order_management.ForecastChart";
    static components = { OrderLineChart };
    static props = { ...standardFieldProps };

    get chart() {
        const chart = this.props.record.data[this.props.name];
        return chart && chart.days && chart.days.length ? chart : false;
    }

    get labels() {
        return this.chart.days.map((day) => formatDate(deserializeDate(day)));
    }

    get datasets() {
        const chart = this.chart;
        const band = `${ACCENT}22`;
        const sets = [
            { label: _t("Demand"), data: chart.history, borderColor: "#374151" },
            {
                label: _t("Shipped"),
                data: chart.shipped,
                borderColor: GREY,
                borderDash: [2, 3],
                borderWidth: 1,
                hidden: true,
            },
            {
                label: _t("Told a period before"),
                data: chart.fit,
                borderColor: "#f59e0b",
                borderWidth: 1,
            },
            { label: _t("Expected"), data: chart.expected, borderColor: ACCENT },
            {
                label: "_low",
                data: chart.low,
                borderColor: "transparent",
                backgroundColor: band,
                fill: false,
            },
            {
                label: _t("8 of 10 times"),
                data: chart.high,
                borderColor: "transparent",
                backgroundColor: band,
                fill: "-1",
            },
        ];
        if (chart.planned.some((value) => value !== null)) {
            sets.push({
                label: _t("Planner"),
                data: chart.planned,
                borderColor: BLUE,
                showLine: false,
                pointRadius: 4,
                pointBackgroundColor: BLUE,
            });
        }
        return sets;
    }

    get shades() {
        return [
            ...stretches(this.chart.out_of_stock, RED, () => _t("Out of stock")),
            ...stretches(this.chart.events, BLUE, (name) => name),
        ];
    }
}

/** Neighbours of the same value, as one stretch each. */
function stretches(values, fill, label) {
    const found = [];
    values.forEach((value, place) => {
        const last = found.at(-1);
        if (value && last && last.to === place - 1 && last.value === value) {
            last.to = place;
        } else if (value) {
            found.push({ from: place, to: place, value, color: fill, label: label(value) });
        }
    });
    return found;
}

registry.category("fields").add("order_forecast_chart", {
    component: ForecastChartField,
    displayName: _t("Forecast chart"),
    supportedTypes: ["jsonb", "json"],
});
