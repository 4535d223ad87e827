import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { FormController } from "@web/views/form/form_controller";
import { HeldDialog, isHeldError } from "./held_dialog";

/*
 * Forms of sales orders, whichever view and module they come from: saving asks for the reason when
 * the server says that the change would hold a confirmed order, and core's Confirm tells when a
 * check held it.
 */
patch(FormController.prototype, {
    async onSaveError(error, options, leaving) {
        if (isHeldError(error) && "release_reason" in this.model.root.activeFields) {
            return this.askReleaseReason(error, options, leaving);
        }
        return super.onSaveError(error, options, leaving);
    },

    /** Buttons save first, and core hands their error to nobody. */
    async beforeExecuteActionButton(clickParams) {
        const root = this.model.root;
        if (clickParams.special === "cancel" || !("release_reason" in root.activeFields)) {
            return super.beforeExecuteActionButton(clickParams);
        }
        try {
            return await super.beforeExecuteActionButton(clickParams);
        } catch (error) {
            if (!isHeldError(error)) {
                throw error;
            }
            return this.askReleaseReason(
                error,
                { discard: () => root.discard(), retry: () => root.save() },
                false
            );
        }
    },

    /**
     * Asks for the reason and saves again with it.
     *
     * @returns {Promise<boolean>} whether to go on: it was saved, or given up in order to leave
     */
    askReleaseReason(error, { discard, retry }, leaving) {
        return new Promise((resolve, reject) => {
            this.model.dialog.add(HeldDialog, {
                data: error.data,
                onRelease: async (reason) => {
                    const root = this.model.root;
                    try {
                        // Not update(): a save that failed still holds the model's mutex.
                        await root._update({ release_reason: reason }, { withoutOnchange: true });
                        resolve(await retry());
                    } catch (failure) {
                        reject(failure);
                    }
                },
                onDiscard: async () => {
                    await discard();
                    resolve(Boolean(leaving));
                },
                onStay: () => resolve(false),
            });
        });
    },

    async afterExecuteActionButton(clickParams) {
        await super.afterExecuteActionButton(clickParams);
        const root = this.model.root;
        const isHeld =
            root.resModel === "sale.order" &&
            clickParams.name === "action_confirm" &&
            root.data.hold_state === "held" &&
            ["draft", "sent"].includes(root.data.state);
        if (isHeld) {
            this.model.notification.add(root.data.hold_message || "", {
                title: _t("Not confirmed: the order is held"),
                type: "warning",
            });
            this.rootRef?.el?.querySelector(".o_order_holds")?.scrollIntoView({ block: "center" });
        }
    },
});
