import { registry } from "@web/core/registry";

const row = (sku) => `.o_data_row:has(.o_data_cell[name=product_id]:contains(${sku}))`;
const choose = (sku) => ({
    content: `choose ${sku}`,
    trigger: `${row(sku)} .o_list_record_selector input`,
    run: "click",
});

/** A planner applies two proposals at once, simulates a third and rejects it. */
registry.category("web_tour.tours").add("order_management_proposals", {
    steps: () => [
        {
            content: "demand is drawn in the list",
            trigger: `${row("OM-TOUR-0")} .o_order_sparkline polyline`,
        },
        choose("OM-TOUR-0"),
        choose("OM-TOUR-1"),
        { content: "apply both", trigger: "button[name=action_apply]", run: "click" },
        { content: "it is told", trigger: ".o_notification:contains(2 applied)" },
        { content: "they wait no more", trigger: "body:not(:has(.o_data_row:nth-child(2)))" },
        {
            content: "open the third",
            trigger: `${row("OM-TOUR-2")} .o_data_cell[name=product_id]`,
            run: "click",
        },
        { content: "with its forecast", trigger: ".o_order_forecast_chart canvas" },
        { content: "and its reason", trigger: "[name=reason]:contains(lead time 9)" },
        {
            content: "what would it have done",
            trigger: ".o_form_view button[name=action_simulate]",
            run: "click",
        },
        {
            content: "it is shown",
            trigger: ".o_form_view [name=fill_rate_after]:contains(%)",
        },
        { content: "reject it", trigger: "button[name=action_reject]", run: "click" },
        {
            content: "say why",
            trigger: ".modal [name=reason] input",
            run: "edit Phased out in spring",
        },
        { content: "done", trigger: ".modal button[name=action_reject]", run: "click" },
        {
            content: "it is kept with its reason",
            trigger: ".o_form_view [name=reject_reason]:contains(Phased out in spring)",
        },
    ],
});
