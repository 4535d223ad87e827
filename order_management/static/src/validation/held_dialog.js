import { Component, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { useService } from "@web/core/utils/hooks";
import { registry } from "@web/core/registry";

export const HELD_ERROR = "odoo.addons.order_management.exceptions.HeldError";

/** Whether the server refused to save because the change would hold a confirmed order. */
export function isHeldError(error) {
    return error?.exceptionName === HELD_ERROR || error?.data?.name === HELD_ERROR;
}

/**
 * Says what a change of a confirmed order would hold.
 *
 * Whoever may release it gives the reason here, and the change is saved with it.
 */
export class HeldDialog extends Component {
    static template = "order_management.HeldDialog";
    static components = { Dialog };
    static props = {
        data: Object,
        onRelease: { type: Function, optional: true }, // saves with the reason
        onDiscard: { type: Function, optional: true },
        onStay: { type: Function, optional: true },
        close: Function,
        "*": true, // what the error service hands over besides
    };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ reason: "", presets: [], isMissing: false });
        this.env.dialogData.dismiss = () => this.props.onStay?.(); // closed by the cross or Escape
        if (this.mayRelease) {
            this.loadPresets();
        }
    }

    get findings() {
        return this.props.data.context?.findings || [];
    }

    get mayRelease() {
        return Boolean(this.props.onRelease && this.props.data.context?.may_release);
    }

    async loadPresets() {
        const found = await this.orm.searchRead("order.release.reason", [], ["name"]);
        this.state.presets = found.map((preset) => preset.name);
    }

    onKeydown(event) {
        if (event.key === "Enter") {
            event.preventDefault();
            this.release();
        }
    }

    release() {
        const reason = this.state.reason.trim();
        this.state.isMissing = !reason;
        if (reason) {
            this.props.onRelease(reason);
            this.props.close();
        }
    }

    discard() {
        this.props.onDiscard();
        this.props.close();
    }

    stay() {
        this.props.onStay?.();
        this.props.close();
    }
}

// Where no form asks for the reason, it still says what would be held.
registry.category("error_dialogs").add(HELD_ERROR, HeldDialog);
