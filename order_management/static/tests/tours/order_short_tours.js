/** @odoo-module **/

import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

const row = (name) => `.o_order_short_list .o_data_row:contains('${name}')`;

const confirm = (name) => [
    {
        content: "confirm",
        trigger: ".modal button[name=action_decide]",
        run: "click",
    },
    {
        content: "it is decided and leaves the list",
        trigger: `body:not(:has(.modal)):not(:has(${row(name)}))`,
    },
];

tours.add("order_management_short", {
    steps: () => [
        {
            content: "the customer waits",
            trigger: `${row("TOUR-WAIT")} button[name=action_short_wait]`,
            run: "click",
        },
        {
            content: "all is filled in, the message too",
            trigger: ".modal .o_field_widget[name=message_ids] td[name=text]:contains('in one delivery')",
            run: "click",
        },
        {
            content: "it is edited before it leaves",
            trigger: ".modal .o_field_widget[name=message_ids] [name=text] textarea",
            run: "edit Dear Anna, the rest comes on Friday.",
        },
        ...confirm("TOUR-WAIT"),
        {
            content: "send something else",
            trigger: `${row("TOUR-SWAP")} button[name=action_short_substitute]`,
            run: "click",
        },
        {
            content: "one is chosen already",
            trigger: ".modal .o_field_widget[name=product_id] input:value('OM-NEAR')",
        },
        {
            content: "rather the other one",
            trigger: ".modal .o_field_widget[name=suggestion_ids] .o_data_row:contains('OM-FAR') [name=is_chosen] input",
            run: "click",
        },
        {
            content: "it is taken over, with both prices",
            trigger: ".modal .o_field_widget[name=price_text]:contains('60.00')",
        },
        {
            content: "at its own price",
            trigger: ".modal .o_field_widget[name=price] label:contains('Its own price')",
            run: "click",
        },
        {
            content: "the message follows",
            trigger: ".modal td[name=text]:contains('Product OM-FAR instead.')",
        },
        {
            content: "and is not sent",
            trigger: ".modal .o_field_widget[name=tell_customer] input",
            run: "click",
        },
        {
            content: "without the message",
            trigger: ".modal:not(:has(td[name=text]))",
        },
        ...confirm("TOUR-SWAP"),
        {
            content: "take the rest off two orders: the first",
            trigger: `${row("TOUR-CANCEL-1")} .o_list_record_selector input`,
            run: "click",
        },
        {
            content: "the second",
            trigger: `${row("TOUR-CANCEL-2")} .o_list_record_selector input`,
            run: "click",
        },
        {
            content: "both at once",
            trigger: ".o_control_panel button[name=action_short_cancel], .o_list_buttons button[name=action_short_cancel]",
            run: "click",
        },
        {
            content: "two messages are prepared",
            trigger: ".modal .o_field_widget[name=message_ids] .o_data_row:eq(1)",
        },
        {
            content: "it wants a reason",
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit Not made any more",
        },
        ...confirm("TOUR-CANCEL-2"),
        {
            content: "what was decided is told",
            trigger: ".o_notification:contains('Decided for 2 orders')",
        },
    ],
});
