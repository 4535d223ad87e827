import { registry } from "@web/core/registry";

/** A planner sees what is wrong with stock, and goes from a product to its rule. */
registry.category("web_tour.tours").add("order_management_stock_health", {
    steps: () => [
        {
            content: "what is too much, and the money in it",
            trigger:
                ".o_data_row:contains(OM-TOUR):has([name=overstock_value]:contains(120.00)) " +
                "[name=condition]:contains(Too much)",
        },
        { content: "the matrix", trigger: ".o_switch_view.o_pivot", run: "click" },
        { content: "A and its days of cover", trigger: ".o_pivot_cell_value:contains(13.0)" },
        { content: "back to the list", trigger: ".o_switch_view.o_list", run: "click" },
        {
            content: "open the product",
            trigger: ".o_data_row:contains(OM-TOUR) .o_data_cell[name=product_id]",
            run: "click",
        },
        {
            content: "look anew",
            trigger: ".o_form_view button[name=action_refresh]",
            run: "click",
        },
        {
            content: "as before",
            trigger: ".o_form_view [name=overstock]:contains(30)",
        },
        { content: "to its rule", trigger: "button[name=action_open_rule]", run: "click" },
        {
            content: "it is there",
            trigger: ".o_list_view .o_data_row [name=product_id]:contains(OM-TOUR)",
        },
    ],
});
