import { registry } from "@web/core/registry";

/** A manager sees which product should stand elsewhere, has one swap moved and rejects another. */
registry.category("web_tour.tours").add("order_management_slotting", {
    steps: () => [
        {
            content: "what it saves and why",
            trigger:
                ".o_data_row:contains(OM-FAST):has([name=saving]:contains(27.0)) " +
                "[name=reason]:contains(44 m to fetch)",
        },
        {
            content: "open it",
            trigger: ".o_data_row:contains(OM-FAST) .o_data_cell[name=product_id]",
            run: "click",
        },
        {
            content: "before and after",
            trigger: ".o_form_view [name=distance_after]:contains(8.0)",
        },
        { content: "move", trigger: ".o_form_view button[name=action_move]", run: "click" },
        {
            content: "it is on its way",
            trigger: ".o_arrow_button_current[data-value=moving]",
        },
        {
            content: "its transfer",
            trigger: "button[name=action_open_transfers]",
            run: "click",
        },
        {
            content: "both directions",
            trigger: ".o_form_view .o_data_row:contains(OM-SLOW)",
        },
        {
            content: "back to the list",
            trigger: ".breadcrumb-item a:contains(Slotting advice)",
            run: "click",
        },
        {
            content: "the swap is on its way there too",
            trigger: ".o_list_view .o_data_row:contains(OM-FAST):contains(Moving)",
        },
        {
            content: "choose the other one",
            trigger: ".o_list_view .o_data_row:contains(OM-HEAVY) .o_list_record_selector input",
            run: "click",
        },
        { content: "reject", trigger: "button[name=action_reject]", run: "click" },
        {
            content: "say why",
            trigger: ".modal [name=reason] input",
            run: "edit Stands beside the saw",
        },
        { content: "so be it", trigger: ".modal button.btn-primary", run: "click" },
        {
            content: "told",
            trigger: ".o_notification:contains(1 rejected)",
        },
        {
            content: "gone from what is proposed",
            trigger: ".o_list_view:not(:has(.o_data_row:contains(OM-HEAVY)))",
        },
        { content: "advise anew", trigger: "button[name=action_advise]", run: "click" },
        { content: "in a minute", trigger: ".o_notification:contains(look again)" },
    ],
});
