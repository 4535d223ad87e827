import { registry } from "@web/core/registry";

/** A planner looks at a forecast, puts in an own figure, and tries levels on the past. */
registry.category("web_tour.tours").add("order_management_reorder", {
    steps: () => [
        {
            content: "open the forecast",
            trigger: ".o_data_cell[name=product_id]:contains(OM-TOUR)",
            run: "click",
        },
        { content: "the picture is drawn", trigger: ".o_order_forecast_chart canvas" },
        { content: "it says how it came about", trigger: "[name=reason]:contains(error)" },
        {
            content: "a figure of one's own",
            trigger: "div[name=override_ids] .o_field_x2many_list_row_add a, div[name=override_ids] button.o_field_x2many_list_row_add, div[name=override_ids] a:contains(Add a line)",
            run: "click",
        },
        {
            content: "for a period",
            trigger: "div[name=override_ids] .o_selected_row [name=day] input, div[name=override_ids] .o_selected_row [name=day] button",
            run: "click",
        },
        {
            content: "this one",
            trigger: ".o_datetime_picker .o_date_item_cell:not(.o_out_of_range):last",
            run: "click",
        },
        {
            content: "so much",
            trigger: "div[name=override_ids] .o_selected_row [name=quantity] input",
            run: "edit 130",
        },
        { content: "save", trigger: ".o_form_button_save", run: "click" },
        { content: "saved", trigger: ".o_form_saved, .o_form_status_indicator_buttons.invisible" },
        {
            content: "go to the proposals",
            trigger: "button[data-menu-xmlid='order_management.order_management_menu_reorder']",
            run: "click",
        },
        {
            content: "of levels",
            trigger: "a[data-menu-xmlid='order_management.order_reorder_proposal_menu']",
            run: "click",
        },
        {
            content: "open it",
            trigger: ".o_data_cell[name=product_id]:contains(OM-TOUR)",
            run: "click",
        },
        {
            content: "try it",
            trigger: ".o_statusbar_buttons button[name=action_try_levels], .o_form_statusbar button[name=action_try_levels]",
            run: "click",
        },
        {
            content: "what is now and what was proposed stand side by side",
            trigger: ".o_order_try_table th:contains(Tried)",
        },
        { content: "other levels", trigger: "#om_minimum", run: "edit 100 && press Tab" },
        { content: "up to", trigger: "#om_maximum", run: "edit 240 && press Tab" },
        { content: "days", trigger: "#om_days", run: "edit 60 && press Tab" },
        { content: "try them", trigger: "button:contains(Try):enabled", run: "click" },
        {
            content: "the answer",
            trigger: ".o_order_try_table th:contains(240)",
        },
        {
            content: "nothing is lost",
            trigger: ".o_order_try_table td[data-name=lost_quantity]:last:contains(0.00)",
        },
        { content: "and it is drawn", trigger: ".o_order_try_levels canvas" },
    ],
});
