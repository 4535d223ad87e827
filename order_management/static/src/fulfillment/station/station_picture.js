/**
 * What is known on the screen without asking the server: where one goes, what a code stands for,
 * and which scans are wrong for sure. Plain functions of the transfers as they were read.
 */

const COMMANDS = {
    "OM-DONE": "done",
    "OM-PACK": "pack",
    "OM-SHORT": "short",
    "OM-UNDO": "undo",
    "OM-NEXT": "next",
    "OM-HELP": "help",
};
const BADGE = /^OM-USER[ :](.+)$/i;
const GTIN = /^(\d{8}|\d{12,14})$/;
export const TINY = 1e-6; // quantities that differ by less are equal

/** A quantity without the dust of binary fractions. */
export function tidy(number) {
    return Math.round(number * 1e6) / 1e6;
}

export function findCommand(code) {
    return COMMANDS[code.trim().toUpperCase()] || "";
}

/** The login on a badge; it names a person and proves nothing. */
export function readBadge(code) {
    return BADGE.exec(code.trim())?.[1] || "";
}

/** The stops of several transfers in the order in which one walks. */
export function walk(works) {
    const stops = works.flatMap((work) => work.stops);
    if (works.length < 2) {
        return stops;
    }
    const rank = (stop) => stop.rank || 1e9;
    const key = (stop) => [rank(stop), stop.location_path, stop.move_line_id];
    return stops.sort((one, other) => {
        const [a, b] = [key(one), key(other)];
        const index = a.findIndex((part, position) => part !== b[position]);
        return index < 0 ? 0 : a[index] < b[index] ? -1 : 1;
    });
}

/** Quantities by transfer line that wait to be told to the server. */
export function sumShares(entries) {
    const sums = {};
    for (const { shares } of entries) {
        for (const { lineId, quantity } of shares || []) {
            sums[lineId] = (sums[lineId] || 0) + quantity;
        }
    }
    return sums;
}

function isSameCode(code, known) {
    if (!known) {
        return false;
    }
    const isGtin = GTIN.test(code) && GTIN.test(known);
    return isGtin ? code.padStart(14, "0") === known.padStart(14, "0") : code === known;
}

/** What a code means at a stop: ``{kind, count}``, or nothing. */
function meanAt(stop, code) {
    if (isSameCode(code, stop.barcode) || code === stop.sku) {
        return { kind: "product", count: 1 };
    }
    const pack = stop.packs.find(({ barcode }) => isSameCode(code, barcode));
    if (pack) {
        return { kind: "product", count: pack.quantity };
    }
    if (stop.codes.includes(code)) {
        return { kind: "package", count: 1 };
    }
    if (stop.lot && code === stop.lot) {
        return { kind: "lot", count: 1 };
    }
    if ([stop.location_barcode, stop.location_path, stop.location].includes(code)) {
        return { kind: "location", count: 1 };
    }
    return null;
}

/**
 * What is known of a scan before the server has answered.
 *
 * @param {Object[]} works transfers
 * @param {(stop: Object) => number} openOf how much is left to pick at a stop
 * @param {string} code
 * @param {number} quantity
 * @param {Object} [here] the stop that is shown
 * @returns {{parts: {pickingId, quantity, shares}[], refusal: string, kind: string}} ``parts``:
 *  what is to be sent to which transfer; ``refusal``: the code of a refusal that is sure
 */
export function judge(works, openOf, code, quantity, here) {
    const named = works.find((work) => work.name === code || work.orders.includes(code));
    if (named) {
        return { kind: "order", refusal: "", parts: [part(named.picking_id, quantity)] };
    }
    const matches = walk(works)
        .map((stop) => ({ stop, meaning: meanAt(stop, code) }))
        .filter(({ meaning }) => meaning);
    const first = matches.find(({ stop }) => stop === here) || matches[0];
    if (!first) {
        const fallback = here?.picking_id || works[0].picking_id;
        const refusal = GTIN.test(code) ? "wrong_product" : "";
        return { kind: "unknown", refusal, parts: [part(fallback, quantity)] };
    }
    const { kind, count } = first.meaning;
    const same = matches.filter(({ meaning }) => meaning.kind === kind).map(({ stop }) => stop);
    if (kind === "location") {
        const ids = [...new Set(same.map((stop) => stop.picking_id))];
        return { kind, refusal: "", parts: ids.map((id) => part(id, 1)) };
    }
    if (kind !== "product" || first.stop.tracking !== "none") {
        const left = same.find((stop) => openOf(stop) > TINY) || first.stop;
        return { kind, refusal: "", parts: [part(left.picking_id, quantity)] };
    }
    return { kind, ...share(same, openOf, quantity, count, here) };
}

function part(pickingId, quantity, shares = []) {
    return { pickingId, quantity, shares };
}

/** Share goods out over stops, the one that is shown first. */
function share(stops, openOf, quantity, count, here) {
    const sorted = [...stops].sort((one, other) => (other === here) - (one === here));
    const parts = {};
    let left = quantity * count;
    for (const stop of sorted) {
        const taken = Math.min(left, openOf(stop));
        if (taken > TINY) {
            const one = (parts[stop.picking_id] ||= part(stop.picking_id, 0));
            one.shares.push({ lineId: stop.move_line_id, quantity: taken });
            one.quantity += taken / count;
            left -= taken;
        }
    }
    if (left > TINY) {
        return { refusal: "too_many", parts: [part(sorted[0].picking_id, quantity)] };
    }
    const found = Object.values(parts);
    if (found.some((one) => Math.abs(one.quantity - Math.round(one.quantity)) > TINY && count !== 1)) {
        // A pack is not cut between transfers: the server decides.
        return { refusal: "", parts: [part(sorted[0].picking_id, quantity)] };
    }
    return { refusal: "", parts: found };
}
