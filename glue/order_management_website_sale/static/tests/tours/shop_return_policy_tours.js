import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("order_management_shop_variant", {
    steps: () => [
        {
            content: "the red one may come back",
            trigger: ".o_shop_return_policy li:contains(within 30 days of delivery)",
        },
        {
            content: "choose the blue one",
            trigger: ".js_product input[data-value-name=Blue]",
            run: "click",
        },
        {
            content: "it may not",
            trigger: ".o_shop_return_policy li:contains(can't be returned)",
        },
        {
            content: "nothing else is told of it",
            trigger: ".o_shop_return_policy:not(:has(li:contains(30 days)))",
        },
        {
            content: "back to the red one",
            trigger: ".js_product input[data-value-name=Red]",
            run: "click",
        },
        {
            content: "which may",
            trigger: ".o_shop_return_policy li:contains(within 30 days of delivery)",
        },
    ],
});
