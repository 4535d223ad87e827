import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";

const WIDTH = 96;
const HEIGHT = 22;

/** A small picture for lists: what was asked for, and what is expected, on one scale. */
export class SparklineField extends Component {
    static template = "order_management.Sparkline";
    static props = { ...standardFieldProps };

    get lines() {
        const value = this.props.record.data[this.props.name];
        if (!value) {
            return false;
        }
        const { gone, ahead } = value;
        const most = Math.max(...gone, ...ahead, 1e-9);
        const count = Math.max(gone.length + ahead.length - 1, 1);
        const draw = (values, first) =>
            values
                .map((number, place) => {
                    const x = 1 + ((first + place) * (WIDTH - 2)) / count;
                    const y = HEIGHT - 1 - (number * (HEIGHT - 2)) / most;
                    return `${x.toFixed(1)},${y.toFixed(1)}`;
                })
                .join(" ");
        const joint = gone.slice(-1);
        return {
            gone: draw(gone, 0),
            ahead: draw([...joint, ...ahead], gone.length - joint.length),
        };
    }

    get viewBox() {
        return `0 0 ${WIDTH} ${HEIGHT}`;
    }
}

registry.category("fields").add("order_sparkline", {
    component: SparklineField,
    displayName: _t("Small line"),
    supportedTypes: ["jsonb", "json"],
});
