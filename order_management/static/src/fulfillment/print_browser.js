import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Dialog } from "@web/core/dialog/dialog";
import { Component, onWillUnmount, useState } from "@odoo/owl";

/** The bytes of a file in base64, as an address that a frame can open. */
export function addressOf(content) {
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
    return URL.createObjectURL(new Blob([bytes], { type: "application/pdf" }));
}

/** The browser's own printing; an object, so that tests can stand in for it. */
export const browserPrinter = {
    /** Open the print dialog for a file, in a frame that nobody sees; answer the frame. */
    print(address) {
        return new Promise((resolve) => {
            const frame = document.createElement("iframe");
            frame.className = "o_order_print_frame";
            // Not display: none, of which some browsers print nothing.
            frame.style =
                "position: fixed; right: 0; bottom: 0; width: 1px; height: 1px; border: 0;";
            frame.addEventListener("load", () => {
                try {
                    frame.contentWindow.focus();
                    frame.contentWindow.print();
                } catch {
                    window.open(address, "_blank"); // a viewer that cannot be reached from here
                }
                resolve(frame);
            });
            frame.src = address;
            document.body.appendChild(frame);
        });
    },
};

/** Prints claimed jobs file by file, and asks how it went. */
export class PrintBrowserDialog extends Component {
    static template = "order_management.PrintBrowserDialog";
    static components = { Dialog };
    static props = { jobs: Array, files: Array, onAnswered: Function, close: Function };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ isBusy: false });
        this.addresses = this.props.files.map((file) => addressOf(file.content));
        this.frames = [];
        this.env.dialogData.dismiss = () => this.answer("give_back");
        onWillUnmount(() => {
            this.frames.forEach((frame) => frame.remove());
            this.addresses.forEach((address) => URL.revokeObjectURL(address));
        });
        if (this.addresses.length === 1) {
            this.print(0);
        }
    }

    get question() {
        return this.props.jobs.length === 1
            ? _t("Was it printed?")
            : _t("Were all %s printed?", this.props.jobs.length);
    }

    describe(file) {
        return _t("%(width)s × %(height)s mm, pages: %(pages)s", file);
    }

    async print(index) {
        this.frames.push(await browserPrinter.print(this.addresses[index]));
    }

    /** ``done``, or ``give_back`` when nothing was printed and the jobs wait again. */
    async answer(method) {
        this.state.isBusy = true;
        const ids = this.props.jobs.map((job) => job.job_id);
        const claim = this.props.jobs.map((job) => job.claim);
        try {
            await this.orm.call("order.print.job", method, [ids], { claim });
        } finally {
            this.state.isBusy = false;
        }
        this.props.onAnswered();
    }

    async end(method) {
        await this.answer(method);
        this.props.close();
    }
}

/** Client action: prints the jobs of ``params.job_ids`` that wait. */
export async function printInBrowser(env, action) {
    const { jobs, files, failed } = await env.services.orm.call("order.print.job", "claim_here", [
        action.params.job_ids,
    ]);
    for (const failure of failed) {
        env.services.notification.add(`${failure.name}: ${failure.message}`, { type: "danger" });
    }
    if (jobs.length) {
        await new Promise((resolve) => {
            env.services.dialog.add(PrintBrowserDialog, { jobs, files, onAnswered: resolve });
        });
    } else if (!failed.length) {
        env.services.notification.add(_t("Somebody else is printing this already."), {
            type: "warning",
        });
    }
    return { type: "ir.actions.act_window_close" };
}

registry.category("actions").add("order_print_browser", printInBrowser);
