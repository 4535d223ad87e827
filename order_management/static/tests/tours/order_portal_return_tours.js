import { registry } from "@web/core/registry";

const SHIRTS = ".o_return_line:contains(SHIRT)";

/** A small picture, as a telephone would send it. */
async function takePhoto() {
    const canvas = document.createElement("canvas");
    canvas.width = 40;
    canvas.height = 30;
    const context = canvas.getContext("2d");
    context.fillStyle = "white";
    context.fillRect(0, 0, 40, 30);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg"));
    return new File([blob], "torn.jpg", { type: "image/jpeg" });
}

registry.category("web_tour.tours").add("order_management_portal_return", {
    url: "/my/orders",
    steps: () => [
        {
            content: "open the order",
            trigger: "a:contains(TOUR-ORDER)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "the page says what may come back, and on which terms",
            trigger: "#return_policy li:contains(within 30 days of delivery)",
        },
        {
            content: "ask for a return",
            trigger: ".o_order_returns a:contains(Return items)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "more than was bought",
            trigger: `${SHIRTS} input[type=number]`,
            run: "edit 9",
        },
        {
            content: "look at the estimate",
            trigger: "button[value=estimate]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "it is refused, with what is possible",
            trigger: `${SHIRTS} .invalid-feedback:contains(from 0 to 3)`,
        },
        {
            content: "two of three",
            trigger: `${SHIRTS} input[type=number]`,
            run: "edit 2",
        },
        {
            content: "say why",
            trigger: `${SHIRTS} select`,
            run: "selectByLabel Damaged on the way",
        },
        {
            content: "look at the estimate",
            trigger: "button[value=estimate]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "what it will be",
            trigger: ".o_return_total:contains(86.40)",
        },
        {
            content: "a photo is asked for",
            trigger: ".list-group-item:contains(Please add a photo)",
        },
        {
            content: "add one",
            trigger: "input[name=photos]",
            async run({ anchor }) {
                const files = new DataTransfer();
                files.items.add(await takePhoto());
                anchor.files = files.files;
            },
        },
        {
            content: "add a note",
            trigger: "textarea[name=note]",
            run: "edit A seam is torn",
        },
        {
            content: "send it",
            trigger: "button[value=send]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "it has arrived",
            trigger: ".alert-success:contains(we have received your request)",
        },
        {
            content: "and is accepted",
            trigger: ".alert-heading:contains(Accepted: please send it back)",
        },
        {
            content: "what comes back",
            trigger: ".list-group-item:contains(2 × Product SHIRT):contains(86.40)",
        },
        {
            content: "the refund",
            trigger: ".o_return_total:contains(86.40)",
        },
        {
            content: "the photo is there",
            trigger: "main img[alt='Photo 1.jpg']",
            run({ anchor }) {
                if (anchor.complete && !anchor.naturalWidth) {
                    throw new Error("The photo cannot be shown.");
                }
            },
        },
        {
            content: "the label is an answer of the server",
            trigger: "a[href*='/label']:contains(Label for the parcel)",
            async run({ anchor }) {
                const answer = await fetch(anchor.href);
                if (answer.headers.get("Content-Type") !== "application/pdf") {
                    throw new Error(`The label is no PDF: ${answer.status}`);
                }
            },
        },
        {
            content: "so is the slip",
            trigger: "a[href*='/slip']:contains(Slip to put inside)",
            async run({ anchor }) {
                const answer = await fetch(anchor.href);
                if (!answer.ok || answer.redirected) {
                    throw new Error(`There is no slip: ${answer.status}`);
                }
            },
        },
        {
            content: "back to the order",
            trigger: "a:contains(Back to order TOUR-ORDER)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "which lists the return",
            trigger: ".o_order_returns .badge:contains(Accepted: please send it back)",
        },
    ],
});
