import { registry } from "@web/core/registry";

const PICTURE = ".o_order_floor_picture svg";

/** A manager gives the locations of a hall their places, and looks at what lies there. */
registry.category("web_tour.tours").add("order_management_floor_places", {
    steps: () => [
        { content: "open the hall", trigger: ".o_data_cell:contains(OM hall)", run: "click" },
        {
            content: "no picture yet",
            trigger: ".o_order_floor_picture:contains(No location has a place yet)",
        },
        { content: "place them", trigger: "button:contains(Place locations)", run: "click" },
        {
            content: "the pattern is found, and all names are read",
            trigger: ".modal .fs-5:contains(12 of 13 names are read)",
        },
        { content: "the rest is told", trigger: ".modal .text-warning:contains(Ramp)" },
        {
            content: "racks on both sides",
            trigger: ".modal .o_field_widget[name=two_sided] input",
            run: "click",
        },
        {
            content: "bays stand opposite",
            trigger: ".modal td:contains(/^-1$/)",
        },
        { content: "it is drawn", trigger: `.modal ${PICTURE} text:contains(B)` },
        { content: "apply", trigger: ".modal button[name=action_apply]", run: "click" },
        { content: "twelve have a place", trigger: ".o_stat_info:contains(12 / 13)" },
        { content: "the floor is drawn", trigger: `${PICTURE} rect` },
        { content: "what lies there", trigger: "button[data-kind=stock]", run: "click" },
        {
            content: "the darkest place, and what the colour means",
            trigger: `${PICTURE}:has(rect[fill="#4b1d5f"]) text:contains(on hand)`,
        },
        {
            content: "stock without a place is told",
            trigger: ".alert:contains(without a place)",
        },
        {
            content: "look at it",
            trigger: ".alert button[name=action_view_problem]:visible",
            run: "click",
        },
        { content: "the ramp", trigger: ".o_data_cell:contains(Ramp)" },
    ],
});

/** A picker sees the tour of a transfer. */
registry.category("web_tour.tours").add("order_management_tour_picture", {
    steps: () => [
        { content: "the tour", trigger: ".nav-link:contains(Tour)", run: "click" },
        { content: "the way", trigger: `${PICTURE} path[stroke="#0b5fb0"]` },
        { content: "two stops", trigger: `${PICTURE} text:contains(/^2$/)` },
    ],
});
