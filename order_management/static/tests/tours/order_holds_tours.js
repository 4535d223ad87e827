/** @odoo-module **/

import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("order_management_mend", {
    steps: () => [
        {
            content: "open the quotation",
            trigger: ".o_data_row:contains('TOUR-MEND') .o_data_cell[name=name]",
            run: "click",
        },
        {
            content: "core's own button",
            trigger: ".o_statusbar_buttons button[name=action_confirm]",
            run: "click",
        },
        {
            content: "it says that the order is held, and why",
            trigger: ".o_notification:contains('Not confirmed'):contains('five digits')",
        },
        {
            content: "the panel shows both findings",
            trigger: ".o_order_findings:contains('five digits'):contains('500 ordered')",
        },
        {
            content: "mend the address",
            trigger: ".o_order_findings .o_kanban_record:contains('five digits') button[name=action_mend]",
            run: "click",
        },
        {
            content: "while it is wrong, the dialog says so",
            trigger: ".modal .o_field_widget[name=problems]:contains('five digits')",
        },
        {
            content: "the right postcode",
            trigger: ".modal .o_field_widget[name=zip] input",
            run: "edit 10115 && press Tab",
        },
        {
            content: "nothing is wrong any more",
            trigger: ".modal:not(:has(.o_field_widget[name=problems])) button[name=action_save]",
            run: "click",
        },
        {
            content: "one finding is left",
            trigger: "body:not(:has(.modal)) .o_order_findings:contains('500 ordered'):not(:contains('five digits'))",
        },
        {
            content: "release it",
            trigger: ".o_order_findings .o_kanban_record:contains('500 ordered') button[name=action_release]",
            run: "click",
        },
        {
            content: "pick a reason",
            trigger: ".modal .o_field_widget[name=preset_id] span:contains('Agreed with the customer')",
            run: "click",
        },
        {
            content: "it stands in the field",
            trigger: ".modal .o_field_widget[name=reason] input:value('Agreed with the customer by phone')",
        },
        {
            content: "release",
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            content: "the order went on",
            trigger: ".o_arrow_button_current:contains('Sales Order')",
        },
        {
            content: "who released what, and why",
            trigger: ".o_order_released summary",
            run: "click",
        },
        {
            content: "is told",
            trigger: ".o_order_released:contains('Agreed with the customer by phone')",
        },
    ],
});

tours.add("order_management_credit", {
    steps: () => [
        {
            content: "what is held, by reason, with the money that waits",
            trigger: ".o_group_header:contains('Credit limit (1)'):contains('500')",
        },
        {
            content: "only what may be released",
            trigger: ".o_searchview_dropdown_toggler",
            run: "click",
        },
        {
            content: "by this user",
            trigger: ".o_filter_menu .o_menu_item:contains('I may release')",
            run: "click",
        },
        {
            content: "the address is not among it",
            trigger: ".o_list_view:not(:contains('Incorrect address')) .o_data_row:contains('TOUR-CREDIT')",
        },
        {
            content: "release it",
            trigger: ".o_data_row:contains('TOUR-CREDIT') button[name=action_release]",
            run: "click",
        },
        {
            content: "say why",
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit Paid half in advance",
        },
        {
            content: "release",
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            content: "it says that the order is confirmed",
            trigger: ".o_notification:contains('TOUR-CREDIT is confirmed')",
        },
        {
            content: "nothing waits any more",
            trigger: "body:not(:has(.modal)) .o_view_nocontent, .o_list_view:not(:contains('TOUR-CREDIT'))",
        },
    ],
});

tours.add("order_management_held_edit", {
    steps: () => [
        {
            content: "open the confirmed order",
            trigger: ".o_data_row:contains('TOUR-EDIT') .o_data_cell[name=name]",
            run: "click",
        },
        {
            content: "take the quantity",
            trigger: ".o_field_widget[name=order_line] .o_data_row .o_data_cell[name=product_uom_qty]",
            run: "click",
        },
        {
            content: "more than there is",
            trigger: ".o_field_widget[name=order_line] .o_data_row [name=product_uom_qty] input",
            run: "edit 500 && press Tab",
        },
        {
            content: "save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "it would be held; a reason is needed",
            trigger: ".o_order_held_dialog:contains('missing') footer .btn-primary",
            run: "click",
        },
        {
            content: "the dialog says so",
            trigger: ".o_order_held_dialog .invalid-feedback",
        },
        {
            content: "say why",
            trigger: ".o_order_held_dialog #order_held_reason",
            run: "edit Comes in tomorrow",
        },
        {
            content: "save with it",
            trigger: ".o_order_held_dialog footer .btn-primary",
            run: "click",
        },
        {
            content: "it is saved, and the release is kept",
            trigger: "body:not(:has(.modal)) .o_order_released",
        },
    ],
});

tours.add("order_management_held_edit_refused", {
    steps: () => [
        {
            content: "open the confirmed order",
            trigger: ".o_data_row:contains('TOUR-EDIT') .o_data_cell[name=name]",
            run: "click",
        },
        {
            content: "take the quantity",
            trigger: ".o_field_widget[name=order_line] .o_data_row .o_data_cell[name=product_uom_qty]",
            run: "click",
        },
        {
            content: "more than there is",
            trigger: ".o_field_widget[name=order_line] .o_data_row [name=product_uom_qty] input",
            run: "edit 500 && press Tab",
        },
        {
            content: "a button saves first",
            trigger: "button[name=action_change]",
            run: "click",
        },
        {
            content: "it would be held, and this user may not release it",
            trigger: ".o_order_held_dialog:contains('may not release'):not(:has(input))",
        },
        {
            content: "give it up",
            trigger: ".o_order_held_dialog footer button:contains('Discard')",
            run: "click",
        },
        {
            content: "all is as it was",
            trigger: "body:not(:has(.modal)) .o_field_widget[name=tax_totals]:contains('250.00')",
        },
    ],
});

tours.add("order_management_portal_mend", {
    steps: () => [
        {
            content: "the order waits for the customer",
            trigger: ".o_order_review:contains('waiting for something from you'):contains('five digits')",
        },
        {
            content: "go and correct it",
            trigger: ".o_order_task_address a:contains('Correct the address')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "a wrong one",
            trigger: "#order_mend_zip",
            run: "edit 999",
        },
        {
            content: "is not taken",
            trigger: ".o_order_mend button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "the field says why",
            trigger: "#order_mend_zip_error:contains('999')",
        },
        {
            content: "the right one",
            trigger: "#order_mend_zip",
            run: "edit 10115",
        },
        {
            content: "is",
            trigger: ".o_order_mend button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "and the page says so",
            trigger: ".o_order_review:contains('being reviewed again')",
        },
    ],
});
