import { registry } from "@web/core/registry";

const WAVE = ".o_data_row:contains(BATCH)";

/** A picker plans a wave, takes it as next work, looks at the pick list and ships it. */
registry.category("web_tour.tours").add("order_management_waves", {
    steps: () => [
        {
            content: "plan waves",
            trigger: ".o_control_panel button:contains(Plan waves)",
            run: "click",
        },
        {
            content: "it shows what it would be",
            trigger: ".modal .o_order_wave_preview:contains(2 transfers)",
        },
        { content: "do it", trigger: ".modal button[name=action_plan]", run: "click" },
        { content: "one wave", trigger: `body:not(:has(.modal)) ${WAVE}:contains(In progress)` },
        { content: "the menu", trigger: ".o_menu_sections button:contains(Picking)", run: "click" },
        {
            content: "take it",
            trigger: ".o-dropdown--menu a:contains(Take next work)",
            run: "click",
        },
        {
            content: "it is mine",
            trigger: ".o_field_widget[name=claimed_by_id]:contains(Wave Picker)",
        },
        { content: "what to pick", trigger: "button[name=action_view_pick_list]", run: "click" },
        { content: "in tour order", trigger: ".o_data_row:nth-child(1):contains(1-05)" },
        { content: "the next stop", trigger: ".o_data_row:nth-child(2):contains(1-15)" },
        { content: "back", trigger: ".breadcrumb-item:contains(BATCH)", run: "click" },
        { content: "all is picked", trigger: "button[name=action_ship]:enabled", run: "click" },
        {
            content: "shipped",
            trigger: ".o_arrow_button_current:contains(Done)",
        },
    ],
});
