import { registry } from "@web/core/registry";

const ALERT = ".o_data_row:contains(OM-TOUR):contains(Needed earlier)";
const MEND = `${ALERT} button[name=action_resolve]`;

/** A planner asks a vendor for goods earlier, and notes what was agreed. */
registry.category("web_tour.tours").add("order_management_purchase_advice", {
    steps: () => [
        { content: "what is needed earlier", trigger: ALERT },
        { content: "mend it", trigger: MEND, run: "click" },
        { content: "it says why", trigger: ".modal .lead:contains(Needed by)" },
        { content: "ask first", trigger: ".modal button[name=action_ask]", run: "click" },
        {
            content: "a message to be looked at",
            trigger: ".modal .note-editable:contains(Can you deliver them on)",
        },
        { content: "send it", trigger: ".modal button.o_mail_send", run: "click" },
        { content: "it is sent", trigger: "body:not(:has(.modal))" },
        { content: "the vendor agrees", trigger: MEND, run: "click" },
        { content: "note it", trigger: ".modal button[name=action_set]", run: "click" },
        { content: "done", trigger: `body:not(:has(.modal)):not(:has(${ALERT}))` },
    ],
});
