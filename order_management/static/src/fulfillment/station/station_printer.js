import { browser } from "@web/core/browser/browser";

const KEPT = 60000; // milliseconds that a printed label stays in the page

/** Prints labels of parcels where this user prints: at a station with an agent, or right here. */
export const stationPrinter = {
    /**
     * @param {(model: string, method: string, args: any[], kwargs: Object) => Promise} call
     * @param {number[]} packageIds
     * @param {boolean} again print once more what was printed before
     * @returns {Promise<Object[]>} the answers of `queue_labels`
     */
    async printLabels(call, packageIds, again = false) {
        const answers = await call("stock.package", "queue_labels", [packageIds], { again });
        const here = answers.filter((answer) => answer.printed_by === "browser");
        if (here.length) {
            await this.printHere(call, here.map((answer) => answer.job_id));
        }
        return answers;
    },

    /** Claim jobs of the browser, print them, and say so; whoever is first prints them. */
    async printHere(call, jobIds) {
        const { jobs, files } = await call("order.print.job", "claim_here", [jobIds], {});
        files.forEach((file) => this.show(file.content));
        if (jobs.length) {
            const claim = jobs.map((job) => job.claim);
            await call("order.print.job", "done", [jobs.map((job) => job.job_id)], { claim });
        }
    },

    /** Open a PDF out of sight and print it. */
    show(content) {
        const bytes = Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0));
        const url = URL.createObjectURL(new Blob([bytes], { type: "application/pdf" }));
        const frame = document.createElement("iframe");
        frame.className = "o_order_station_print";
        frame.title = "";
        frame.setAttribute("aria-hidden", "true");
        frame.addEventListener("load", () => frame.contentWindow?.print());
        frame.src = url;
        document.body.append(frame);
        browser.setTimeout(() => {
            frame.remove();
            URL.revokeObjectURL(url);
        }, KEPT);
    },
};
