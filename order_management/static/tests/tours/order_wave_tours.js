import { registry } from "@web/core/registry";

/** A picker plans waves, takes the next one as their work, and gives it back. */
registry.category("web_tour.tours").add("order_management_waves", {
    steps: () => [
        { content: "plan", trigger: ".o_list_view button:contains(Plan waves)", run: "click" },
        {
            content: "what it would be, before anything is done",
            trigger: ".modal .o_order_wave_preview:contains(30 m to walk)",
        },
        { content: "do it", trigger: ".modal button[name=action_plan]", run: "click" },
        {
            content: "one wave with all of it",
            trigger: "body:not(:has(.modal)) .o_data_row:contains(In progress):contains(30)",
        },
        {
            content: "the menu of picking",
            trigger: "[data-menu-xmlid='order_management.order_management_menu_picking']",
            run: "click",
        },
        {
            content: "next work",
            trigger: "[data-menu-xmlid='order_management.order_claim_work_menu']",
            run: "click",
        },
        {
            content: "the wave is theirs, with its tour",
            trigger: ".o_form_view .o_field_widget[name=claimed_by_id]:contains(Picker)",
        },
        {
            content: "as short as can be",
            trigger: ".o_form_view:contains(the shortest there is)",
        },
        { content: "give it back", trigger: "button[name=action_release_work]", run: "click" },
        {
            content: "it is nobody's",
            trigger: ".o_form_view:not(:has(button[name=action_release_work]))",
        },
    ],
});
