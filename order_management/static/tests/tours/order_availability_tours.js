/** @odoo-module **/

import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("order_management_availability", {
    steps: () => [
        {
            content: "the scarce product is on top",
            trigger: ".o_data_row:eq(0):contains('TOUR-SCARCE').text-danger",
        },
        {
            content: "search for the other one",
            trigger: ".o_searchview_input",
            run: "edit TOUR-PLENTY",
        },
        {
            content: "by product",
            trigger: ".o_searchview_autocomplete .o-dropdown-item:contains('Product'):eq(0)",
            run: "click",
        },
        {
            content: "open it",
            trigger: ".o_data_row:eq(0):contains('TOUR-PLENTY') .o_data_cell[name=available]:contains('7')",
            run: "click",
        },
        {
            content: "what is here already and what comes later",
            trigger: ".o_order_timeline tr:contains('today'):contains('−5')",
        },
        {
            content: "the receipt",
            trigger: ".o_order_timeline tr:contains('in 10 days'):contains('+20'):contains('27')",
        },
        {
            content: "open the order behind the demand",
            trigger: ".o_order_timeline a:contains('TOUR-ORDER')",
            run: "click",
        },
        {
            content: "it is the order",
            trigger: ".o_form_view:contains('TOUR-ORDER') .o_field_widget[name=partner_id]",
        },
    ],
});
