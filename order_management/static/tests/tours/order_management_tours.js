/** @odoo-module **/

import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("order_management_clerk", {
    steps: () => [
        {
            content: "open the held order",
            trigger: ".o_data_row:contains('TOUR-HELD') .o_data_cell[name=name]",
            run: "click",
        },
        {
            content: "the panel says what is wrong",
            trigger: ".o_order_findings:contains('five digits')",
        },
        {
            content: "release it",
            trigger: ".o_order_findings button[name=action_release]",
            run: "click",
        },
        {
            content: "say why",
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit Collected at the counter",
        },
        {
            content: "confirm the release",
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            content: "the order went on",
            trigger: ".o_arrow_button_current:contains('Sales Order')",
        },
    ],
});

tours.add("order_management_picker", {
    steps: () => [
        {
            content: "open the delivery",
            trigger: ".o_data_row:contains('TOUR-PICK') .o_data_cell[name=name]",
            run: "click",
        },
        {
            content: "pack what is there",
            trigger: "button[name=action_pack]",
            run: "click",
        },
        {
            content: "the label can be printed",
            trigger: "button[name=action_print_labels]",
        },
        {
            content: "ship it",
            trigger: "button[name=action_ship]",
            run: "click",
        },
        {
            content: "it has left",
            trigger: ".o_arrow_button_current:contains('Done')",
        },
        {
            content: "and there is a shipment",
            trigger: "button[name=action_view_shipments]",
        },
    ],
});

tours.add("order_management_returns", {
    steps: () => [
        {
            content: "open the return that waits for a decision",
            trigger: ".o_data_row:contains('TOUR-RETURN') .o_data_cell[name=name]",
            run: "click",
        },
        {
            content: "approve",
            trigger: "button[name=action_approve]",
            run: "click",
        },
        {
            content: "receive",
            trigger: ".o_arrow_button_current:contains('Approved')",
        },
        {
            content: "open the receipt",
            trigger: "button[name=action_receive]",
            run: "click",
        },
        {
            content: "what came is what was announced",
            trigger: ".modal button[name=action_receive]",
            run: "click",
        },
        {
            content: "settle",
            trigger: "button[name=action_settle]",
            run: "click",
        },
        {
            content: "the money is on its way",
            trigger: ".o_arrow_button_current:contains('Settled')",
        },
    ],
});

tours.add("order_management_import", {
    steps: () => [
        {
            content: "choose a file",
            trigger: ".modal .o_field_widget[name=attachment_ids] input[type=file]:not(:visible)",
            run({ anchor }) {
                const rows = [
                    "external_ref;customer.name;lines.sku;lines.quantity;lines.unit_price",
                    "TOUR-1;Muster GmbH;OM-A;2;50,00",
                    "TOUR-2;Muster GmbH;NOPE;1;10,00",
                ];
                const file = new File([rows.join("\n")], "orders.csv", { type: "text/csv" });
                const files = new DataTransfer();
                files.items.add(file);
                anchor.files = files.files;
                anchor.dispatchEvent(new Event("change", { bubbles: true }));
            },
        },
        {
            content: "it is there",
            trigger: ".modal .o_attachment:contains('orders.csv')",
        },
        {
            content: "look at what would become of it",
            trigger: ".modal button[name=action_preview]",
            run: "click",
        },
        {
            content: "one cannot be used, and where it says why",
            trigger: ".modal .o_data_row:contains('TOUR-2'):contains('Row 3, column C')",
        },
        {
            content: "the other becomes an order",
            trigger: ".modal .o_data_row:contains('TOUR-1'):contains('New order')",
        },
        {
            content: "take them in",
            trigger: ".modal button[name=action_import]",
            run: "click",
        },
        {
            content: "see what is left",
            trigger: ".modal button[name=action_view_left]",
            run: "click",
        },
        {
            content: "it waits in the queue",
            trigger: ".o_list_view .o_data_row:contains('TOUR-2'):contains('Rejected')",
        },
    ],
});

tours.add("order_management_change", {
    steps: () => [
        {
            content: "open the confirmed order",
            trigger: ".o_data_row:contains('TOUR-CHANGE') .o_data_cell[name=name]",
            run: "click",
        },
        {
            content: "core's own cancel button is not there",
            trigger: ".o_form_statusbar:not(:has(button[name=action_cancel]))",
        },
        {
            content: "ask for a change",
            trigger: "button[name=action_change]",
            run: "click",
        },
        {
            content: "take the quantity",
            trigger: ".modal .o_data_row .o_data_cell[name=quantity]",
            run: "click",
        },
        {
            content: "more than there is",
            trigger: ".modal .o_data_row [name=quantity] input",
            run: "edit 500",
        },
        {
            content: "say why",
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit Asked by phone",
        },
        {
            content: "try it",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "a check would hold it",
            trigger: ".o_error_dialog:contains('would be held')",
        },
        {
            content: "close what it says",
            trigger: ".o_error_dialog footer button",
            run: "click",
        },
        {
            content: "take the quantity again",
            trigger: "body:not(:has(.o_error_dialog)) .modal .o_data_row .o_data_cell[name=quantity]",
            run: "click",
        },
        {
            content: "what there is",
            trigger: ".modal .o_data_row [name=quantity] input",
            run: "edit 7",
        },
        {
            content: "change it",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "it says what was changed",
            trigger: ".o_notification:contains('quantity: 5 → 7')",
        },
        {
            content: "cancel a part",
            trigger: "body:not(:has(.modal)) button[name=action_cancel_with_reason]",
            run: "click",
        },
        {
            content: "say why",
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit One too many",
        },
        {
            content: "take the quantity to cancel",
            trigger: ".modal .o_data_row .o_data_cell[name=quantity]",
            run: "click",
        },
        {
            content: "one of them",
            trigger: ".modal .o_data_row [name=quantity] input",
            run: "edit 1",
        },
        {
            content: "cancel it",
            trigger: ".modal button[name=action_cancel_order]",
            run: "click",
        },
        {
            content: "it says what was cancelled",
            trigger: ".o_notification:contains('A part was cancelled')",
        },
    ],
});

tours.add("order_management_conflict", {
    steps: () => [
        {
            content: "open the order that came back changed",
            trigger: ".o_data_row:contains('TOUR-1') .o_data_cell[name=name]",
            run: "click",
        },
        {
            content: "the order says so",
            trigger: "button[name=action_view_conflict]",
            run: "click",
        },
        {
            content: "both sides stand beside each other",
            trigger: ".o_field_widget[name=differences_html]:contains('Line 1, quantity')",
        },
        {
            content: "accept",
            trigger: "button[name=action_accept_change]",
            run: "click",
        },
        {
            content: "it is decided",
            trigger: ".o_arrow_button_current:contains('Created')",
        },
        {
            content: "and it says so",
            trigger: ".o_notification:contains('changed')",
        },
    ],
});

tours.add("order_management_correct", {
    steps: () => [
        {
            content: "the list says what is wrong; correct it from there",
            trigger: ".o_data_row:contains('TOUR-2') button[name=action_correct]",
            run: "click",
        },
        {
            content: "the place stands in plain words",
            trigger: ".modal .o_data_row:contains('Line 2, quantity')",
        },
        {
            content: "take the quantity",
            trigger: ".modal .o_data_row:contains('Line 2, quantity') .o_data_cell[name=value]",
            run: "click",
        },
        {
            content: "as a person writes it",
            trigger: ".modal .o_data_row:contains('Line 2, quantity') [name=value] input",
            run: "edit 2",
        },
        {
            content: "try it",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "what is left comes up: a product; take it",
            trigger:
                ".modal .o_data_row:contains('Line 1, product code') .o_data_cell[name=product_id]",
            run: "click",
        },
        {
            content: "search the product",
            trigger: ".modal .o_data_row [name=product_id] input",
            run: "edit OM-A",
        },
        {
            content: "choose it",
            trigger: ".o-autocomplete--dropdown-item:contains('OM-A')",
            run: "click",
        },
        {
            content: "try again",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "the order is there",
            trigger: "body:not(:has(.modal)) .o_form_view .o_field_widget[name=order_line]",
        },
    ],
});
