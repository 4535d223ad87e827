/** @odoo-module **/

import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

/** Press Ctrl+Enter as a hasty clerk does: twice, before any answer. */
function saveTwice() {
    for (let press = 0; press < 2; press++) {
        document.activeElement.dispatchEvent(
            new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, bubbles: true })
        );
    }
}

/** The next order reaches the server, and its answer is lost on the way back. */
function loseNextAnswer() {
    const { XMLHttpRequest } = browser;
    browser.XMLHttpRequest = class extends XMLHttpRequest {
        constructor() {
            super();
            this.addEventListener("load", (ev) => {
                if (this.responseURL.includes("order.quick.entry/save")) {
                    browser.XMLHttpRequest = XMLHttpRequest;
                    ev.stopImmediatePropagation();
                    this.dispatchEvent(new Event("error"));
                }
            });
        }
    };
}

tours.add("order_management_quick_entry", {
    steps: () => [
        {
            content: "the cursor is where it begins",
            trigger: "#quick_customer:focus",
            run: "edit 02 123 45 67",
        },
        {
            content: "the caller is known",
            trigger: ".o_order_suggest_item.o_active:contains('Deco Sud')",
        },
        {
            content: "take the customer",
            trigger: "#quick_customer",
            run: "press Enter",
        },
        {
            content: "on to the products",
            trigger: "#quick_product:focus",
            run: "edit 2*5412345000013",
        },
        {
            content: "as a scanner ends",
            trigger: "#quick_product",
            run: "press Enter",
        },
        {
            content: "it is there, with what is free",
            trigger: ".o_order_quick_lines tr:contains('MUG') .text-bg-success:contains('10 free')",
        },
        {
            content: "the second product by part of its name",
            trigger: "#quick_product:focus",
            run: "edit om-a",
        },
        {
            content: "it is suggested",
            trigger: ".o_order_suggest_item.o_active:contains('OM-A')",
        },
        {
            content: "take it",
            trigger: "#quick_product",
            run: "press Enter",
        },
        {
            content: "one mug more by key",
            trigger: ".o_order_quick_lines tr:contains('MUG') input",
            run() {
                this.anchor.focus();
                this.anchor.dispatchEvent(
                    new KeyboardEvent("keydown", { key: "+", bubbles: true })
                );
            },
        },
        {
            content: "the total follows",
            trigger: ".o_order_quick_total:contains('87.50')",
        },
        {
            content: "save, twice in one breath",
            trigger: ".o_order_quick_save",
            run: saveTwice,
        },
        {
            content: "it is clear",
            trigger: ".o_order_quick_answer:contains('Saved and clear'):contains('87.50')",
        },
        {
            content: "Enter confirms",
            trigger: "#quick_confirm:focus",
            run: "press Enter",
        },
        {
            content: "confirmed",
            trigger: ".o_order_quick_answer:contains('Confirmed')",
        },
        {
            content: "the next one",
            trigger: "#quick_next:focus",
            run: "press Enter",
        },
        {
            content: "an empty screen, ready to type",
            trigger: "#quick_customer:focus",
        },
        {
            content: "nothing is left of the last order",
            trigger: ".o_order_quick:not(:has(.o_order_quick_lines))",
        },
    ],
});

tours.add("order_management_quick_entry_offline", {
    steps: () => [
        {
            content: "somebody new calls",
            trigger: "#quick_customer",
            run: "edit Marie Curie",
        },
        {
            content: "nobody of that name",
            trigger: ".o_order_suggest_item.o_active:contains('New customer')",
        },
        {
            content: "make one",
            trigger: "#quick_customer",
            run: "press Enter",
        },
        {
            content: "with a phone number",
            trigger: "#quick_new_phone:focus",
            run: "edit +32 470 11 22 33",
        },
        {
            content: "more than there are",
            trigger: "#quick_product",
            run: "edit 11*mug",
        },
        {
            content: "take it",
            trigger: "#quick_product",
            run: "press Enter",
        },
        {
            content: "only some are free",
            trigger: ".text-bg-warning:contains('Only 10 free')",
        },
        {
            content: "the line is cut",
            trigger: ".o_order_quick_total:contains('137.50')",
            run: loseNextAnswer,
        },
        {
            content: "save",
            trigger: ".o_order_quick_save",
            run: "click",
        },
        {
            content: "it says so",
            trigger: ".alert:contains('No connection')",
        },
        {
            content: "and keeps what was typed",
            trigger: ".o_order_quick_lines tr:contains('MUG')",
        },
        {
            content: "once more",
            trigger: ".o_order_quick_save:not([disabled])",
            run: "click",
        },
        {
            content: "saved, and held for want of stock",
            trigger: ".o_order_quick_answer:contains('Saved and held'):contains('Marie Curie')",
        },
        {
            content: "it can't be confirmed, and says why",
            trigger: ".o_order_quick_answer:has(#quick_confirm[disabled]):contains('once nothing holds it')",
        },
    ],
});

tours.add("order_management_quick_entry_empty", {
    steps: () => [
        {
            content: "whom to ask",
            trigger: ".o_order_quick .o_nocontent_help:contains('Test manager')",
        },
    ],
});
