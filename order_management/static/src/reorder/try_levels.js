import { _t } from "@web/core/l10n/translation";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatFloat, formatPercentage } from "@web/views/fields/formatters";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Component, onWillStart, useState } from "@odoo/owl";
import { OrderLineChart } from "./line_chart";

/** What current and proposed levels would have done with the last months; nothing is written. */
export class TryLevels extends Component {
    static template = "order_management.TryLevels";
    static components = { Layout, OrderLineChart };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        const context = this.props.action.context || {};
        this.ruleId = context.active_id;
        this.state = useState({
            days: 180,
            minimum: context.minimum ?? false,
            maximum: context.maximum ?? false,
            row: false,
            isBusy: false,
        });
        onWillStart(() => this.run());
    }

    async run() {
        this.state.isBusy = true;
        const { minimum, maximum, days } = this.state;
        const isGiven = minimum !== false && maximum !== false;
        try {
            const [row] = await this.orm.call("stock.warehouse.orderpoint", "try_levels", [
                [this.ruleId],
                isGiven ? [{ minimum, maximum }] : [],
                days,
            ]);
            this.state.row = row;
            if (!isGiven) {
                const last = row.candidates.at(-1);
                this.state.minimum = last.minimum;
                this.state.maximum = last.maximum;
            }
        } catch (error) {
            const message = error.data?.message || error.message;
            this.notification.add(message, { type: "danger" });
        } finally {
            this.state.isBusy = false;
        }
    }

    set(name, ev) {
        const value = Number(ev.target.value);
        if (Number.isFinite(value)) {
            this.state[name] = value;
        }
    }

    get columns() {
        const { candidates } = this.state.row;
        return candidates.map((candidate, place) => ({
            ...candidate,
            title: candidate.current
                ? _t("Now")
                : place === candidates.length - 1
                  ? _t("Tried")
                  : _t("Proposed"),
        }));
    }

    get figures() {
        const unit = this.state.row.unit;
        const units = (value) => `${formatFloat(value, { digits: [16, 2] })} ${unit}`;
        const money = (value) =>
            `${formatFloat(value, { digits: [16, 2] })} ${this.state.row.currency}`;
        const better = (name, isMore) => {
            const values = this.columns.map((column) => column[name]);
            const best = isMore ? Math.max(...values) : Math.min(...values);
            return values.every((value) => value === best) ? null : best;
        };
        return [
            ["fill_rate", _t("Sold of what was asked for"), formatPercentage, true],
            ["lost_quantity", _t("Lost"), units],
            ["stockout_days", _t("Days on which something was missing"), String],
            ["average_stock", _t("Stock on average"), units],
            ["average_value", _t("Its value"), money],
            ["orders", _t("Orders"), String],
        ].map(([name, label, show, isMore]) => ({
            name,
            label,
            show,
            best: better(name, isMore),
        }));
    }

    get labels() {
        return this.state.row.days.map((day) => formatDate(deserializeDate(day)));
    }

    get datasets() {
        const shades = ["#f59e0b", "#714b67", "#2563eb"];
        return [
            {
                label: _t("Asked for"),
                data: this.state.row.demand,
                borderColor: "#d1d5db",
                borderWidth: 1,
            },
            ...this.columns.map((column, place) => ({
                label: column.title,
                data: column.series,
                borderColor: shades[place % shades.length],
                stepped: true,
            })),
        ];
    }
}

registry.category("actions").add("order_management.try_levels", TryLevels);
