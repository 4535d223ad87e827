import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component, onWillUpdateProps, useEffect, useRef, useState } from "@odoo/owl";
import { readPicture } from "./floor_picture_field";

/** A parcel being packed: one picture after each piece, the full parcel first. */
export class PackingPictureField extends Component {
    static template = "order_management.PackingPicture";
    static props = { ...standardFieldProps };

    setup() {
        this.root = useRef("picture");
        this.state = useState({ step: false });
        onWillUpdateProps((next) => {
            if (next.record.resId !== this.props.record.resId) {
                this.state.step = false;
            }
        });
        useEffect(
            (text) => {
                const picture = text && readPicture(text);
                this.root.el?.replaceChildren(...(picture ? [picture] : []));
            },
            () => [this.pictures[this.step - 1]]
        );
    }

    get pictures() {
        return this.props.record.data[this.props.name] || [];
    }

    get step() {
        return this.state.step || this.pictures.length;
    }

    get label() {
        return _t("Step %(step)s of %(count)s", { step: this.step, count: this.pictures.length });
    }

    go(step) {
        this.state.step = Math.min(Math.max(step, 1), this.pictures.length);
    }
}

registry.category("fields").add("order_packing_picture", {
    component: PackingPictureField,
    displayName: _t("Packing step by step"),
    supportedTypes: ["json"],
});
