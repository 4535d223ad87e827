import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component, onWillUpdateProps, useEffect, useRef, useState } from "@odoo/owl";

const SVG = "http://www.w3.org/2000/svg";
const NODES = new Set([
    "svg", "g", "path", "rect", "text", "title", "circle", "polygon", "polyline",
]);
const ATTRIBUTES = new Set([
    "viewBox", "width", "height", "role", "transform", "d", "x", "y", "rx", "fill", "stroke",
    "stroke-width", "stroke-linecap", "stroke-linejoin", "font-family", "font-size",
    "font-weight", "text-anchor", "points", "cx", "cy", "r",
]);

/** A picture as nodes, only of what our pictures are made of; false for anything else. */
export function readPicture(text) {
    const root = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
    for (const node of [root, ...root.querySelectorAll("*")]) {
        if (node.namespaceURI !== SVG || !NODES.has(node.localName)) {
            return false;
        }
        for (const { name } of [...node.attributes]) {
            if (name !== "xmlns" && !ATTRIBUTES.has(name)) {
                node.removeAttribute(name);
            }
        }
    }
    return document.importNode(root, true);
}

/** A floor from above: its places, what lies there or is picked there, tours through it. */
export class FloorPictureField extends Component {
    static template = "order_management.FloorPicture";
    static props = { ...standardFieldProps, kinds: { type: Boolean, optional: true } };

    setup() {
        this.orm = useService("orm");
        this.root = useRef("picture");
        this.state = useState({ kind: "plain", text: false });
        onWillUpdateProps((next) => {
            if (next.record.resId !== this.props.record.resId) {
                this.state.kind = "plain";
                this.state.text = false;
            }
        });
        useEffect(
            (text) => {
                const picture = text && readPicture(text);
                this.root.el?.replaceChildren(...(picture ? [picture] : []));
            },
            () => [this.text]
        );
    }

    get kinds() {
        return [
            ["plain", _t("Places")],
            ["stock", _t("Stock")],
            ["picks", _t("Picks")],
        ];
    }

    get text() {
        const value = this.props.record.data[this.props.name];
        return (value && this.state.kind !== "plain" && this.state.text) || value;
    }

    async choose(kind) {
        const { resId, resModel, context } = this.props.record;
        const [values] = await this.orm.read(resModel, [resId], [this.props.name], {
            context: { ...context, floor_picture: kind },
        });
        Object.assign(this.state, { kind, text: values[this.props.name] });
    }
}

registry.category("fields").add("order_floor_picture", {
    component: FloorPictureField,
    displayName: _t("Floor plan"),
    supportedTypes: ["text"],
    supportedOptions: [{ label: _t("Choice of colours"), name: "kinds", type: "boolean" }],
    extractProps: ({ options }) => ({ kinds: Boolean(options.kinds) }),
});
