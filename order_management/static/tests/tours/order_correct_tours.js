/** @odoo-module **/

import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("order_management_candidates", {
    steps: () => [
        {
            content: "open the rejected document",
            trigger: ".o_data_row:contains('TOUR-BAD') .o_data_cell[name=external_ref]",
            run: "click",
        },
        {
            content: "correct it",
            trigger: "button[name=action_correct]",
            run: "click",
        },
        {
            content: "the customer who may have been meant takes one click",
            trigger: ".modal .o_order_candidates button:contains('Deco Sud')",
            run: "click",
        },
        {
            content: "it is taken",
            trigger: ".modal .o_order_candidates button[aria-pressed=true]:contains('Deco Sud')",
        },
        {
            content: "so does the product",
            trigger: ".modal .o_order_candidates button:contains('CHAIR-RED')",
            run: "click",
        },
        {
            content: "it stands in its field",
            trigger: ".modal .o_data_row:contains('CHAIR_RED') .o_data_cell[name=product_id]:contains('CHAIR-RED')",
        },
        {
            content: "choose the unit",
            trigger: ".modal .o_data_row:contains('Line 2, unit') .o_data_cell[name=uom_id]",
            run: "click",
        },
        {
            content: "type its name",
            trigger: ".modal .o_field_widget[name=uom_id] input",
            run: "edit Dozens",
        },
        {
            content: "take it",
            trigger: ".o-autocomplete--dropdown-item:contains('Dozens')",
            run: "click",
        },
        {
            content: "hand it in again",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "an order came of it",
            trigger: ".o_field_widget[name=order_line] .o_data_row:contains('CHAIR-RED')",
        },
    ],
});
