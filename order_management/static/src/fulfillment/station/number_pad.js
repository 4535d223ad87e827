import { Component, useExternalListener, useState } from "@odoo/owl";

const SLOW = 150; // milliseconds: a scanner types faster than this, a hand does not

/** A number by finger, keyboard or both; what a scanner types meanwhile does not count. */
export class NumberPad extends Component {
    static template = "order_management.StationNumberPad";
    static props = {
        label: String,
        value: { type: String, optional: true },
        unit: { type: String, optional: true },
        max: { type: Number, optional: true },
        confirm: String,
        mayBeEmpty: { type: Boolean, optional: true },
        onConfirm: Function,
    };

    setup() {
        this.keys = ["7", "8", "9", "4", "5", "6", "1", "2", "3", ".", "0", "⌫"];
        this.state = useState({ text: this.props.value || "", isFresh: true });
        this.before = { ...this.state };
        this.lastAt = 0;
        useExternalListener(document.body, "keydown", (ev) => this.onKeydown(ev));
        this.env.stationBus.pad = this;
    }

    get number() {
        return parseFloat(this.state.text) || 0;
    }

    get isTooMuch() {
        return this.props.max !== undefined && this.number > this.props.max;
    }

    get isReady() {
        return !this.isTooMuch && (this.number > 0 || (this.props.mayBeEmpty && !this.state.text));
    }

    press(key) {
        const { state } = this;
        if (key === "⌫") {
            state.text = state.isFresh ? "" : state.text.slice(0, -1);
        } else if (key !== "." || !state.text.includes(".") || state.isFresh) {
            state.text = (state.isFresh ? "" : state.text) + key;
        }
        state.isFresh = false;
    }

    confirm() {
        if (this.isReady) {
            this.props.onConfirm(this.number);
        }
    }

    onKeydown(ev) {
        const key = { Backspace: "⌫", ",": "." }[ev.key] || ev.key;
        if (ev.target.matches("input,textarea") || ev.altKey || ev.ctrlKey || ev.metaKey) {
            return;
        }
        if (ev.timeStamp - this.lastAt > SLOW) {
            this.before = { ...this.state };
        }
        this.lastAt = ev.timeStamp;
        if (this.keys.includes(key)) {
            this.press(key);
        } else if (key === "Enter" && !ev.defaultPrevented && !ev.target.matches("button")) {
            this.confirm();
        }
    }

    /** Forget what a scanner has typed into it. */
    forgetScan() {
        Object.assign(this.state, this.before);
    }
}
