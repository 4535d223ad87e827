import { browser } from "@web/core/browser/browser";
import { ConnectionAbortedError, ConnectionLostError } from "@web/core/network/rpc";

const BACK_OFF = [1000, 2000, 4000, 8000]; // milliseconds between tries without network
const MOST_TRIES = 6; // of an entry the server itself stumbles over
const SESSION_EXPIRED = "odoo.http.SessionExpiredException";

/** A key that nobody else makes. */
export function makeKey() {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
        byte.toString(16).padStart(2, "0")
    ).join("");
}

/** Whether a call may never have reached the server, or its answer never came back. */
export function isLost(error) {
    return (
        error instanceof ConnectionLostError ||
        error instanceof ConnectionAbortedError ||
        error?.exceptionName === SESSION_EXPIRED
    );
}

/** Whether the server has understood and refused; anything else is tried again. */
function isRefusal(error) {
    return Boolean(error?.exceptionName?.startsWith("odoo.exceptions."));
}

/**
 * What a picker did, sent in its order, kept in the browser until the server has answered.
 *
 * Each entry lies under a key of its own, so that two tabs never overwrite each other's. Sending
 * one twice does no harm: the server knows it by its request key.
 */
export class StationQueue {
    /**
     * @param {Object} params
     * @param {Storage} params.storage
     * @param {string} params.prefix of the keys in the storage; one a person and database
     * @param {(entry: Object) => Promise} params.send
     * @param {(entry: Object, answer: Object) => void} params.onAnswer
     * @param {(entry: Object, error: Error) => void} params.onRefused
     * @param {() => void} params.onChange
     */
    constructor({ storage, prefix, send, onAnswer, onRefused, onChange }) {
        Object.assign(this, { storage, prefix, send, onAnswer, onRefused, onChange });
        this.entries = this.load();
        this.isOffline = false;
        this.isExpired = false;
        this.isSending = false;
        this.failures = 0;
        this.timer = null;
        this.count = 0;
    }

    load() {
        const found = [];
        for (let index = 0; index < this.storage.length; index++) {
            const key = this.storage.key(index);
            if (key.startsWith(this.prefix)) {
                try {
                    found.push(JSON.parse(this.storage.getItem(key)));
                } catch {
                    // not ours
                }
            }
        }
        return found.sort((one, other) => (one.id < other.id ? -1 : 1));
    }

    get isEmpty() {
        return !this.entries.length;
    }

    /** Keep what was done, and send it as soon as all before it was answered. */
    add(values) {
        this.count += 1;
        const order = `${String(Date.now()).padStart(15, "0")}-${String(this.count).padStart(6, "0")}`;
        const key = makeKey();
        const entry = { id: `${order}-${key}`, key, ...values };
        this.storage.setItem(this.prefix + entry.id, JSON.stringify(entry));
        this.entries.push(entry);
        this.onChange();
        this.run();
        return entry;
    }

    /** Take back an entry that was certainly not sent yet; answers whether it could. */
    drop(entry) {
        if (entry.wasSent || !this.entries.includes(entry)) {
            return false;
        }
        this.remove(entry);
        this.onChange();
        return true;
    }

    remove(entry) {
        this.storage.removeItem(this.prefix + entry.id);
        this.entries = this.entries.filter((other) => other !== entry);
    }

    /** Send what waits, one after the other. */
    async run() {
        if (this.isSending || this.isStopped) {
            return;
        }
        this.isSending = true;
        browser.clearTimeout(this.timer);
        while (this.entries.length && !this.isStopped && (await this.sendFirst()));
        this.isSending = false;
        this.onChange();
    }

    async sendFirst() {
        const [entry] = this.entries;
        entry.wasSent = true;
        this.storage.setItem(this.prefix + entry.id, JSON.stringify(entry));
        let answer;
        try {
            answer = await this.send(entry);
        } catch (error) {
            return this.fail(entry, error);
        }
        this.remove(entry);
        this.noteOnline();
        this.onChange(); // it no longer waits when its answer is taken in
        this.onAnswer(entry, answer);
        return true;
    }

    fail(entry, error) {
        entry.tries = (entry.tries || 0) + 1;
        if (isRefusal(error) || (!isLost(error) && entry.tries >= MOST_TRIES)) {
            this.remove(entry);
            this.onChange();
            this.onRefused(entry, error);
            return true;
        }
        this.noteOffline(error);
        return false;
    }

    noteOnline() {
        this.failures = 0;
        if (this.isOffline) {
            this.isOffline = false;
            this.isExpired = false;
            this.onChange();
        }
    }

    /** Try again after a while, longer each time. */
    noteOffline(error) {
        const pause = BACK_OFF[Math.min(this.failures, BACK_OFF.length - 1)];
        this.failures += 1;
        this.isOffline = true;
        this.isExpired = error?.exceptionName === SESSION_EXPIRED;
        browser.clearTimeout(this.timer);
        if (!this.isStopped) {
            this.timer = browser.setTimeout(() => this.retry(), pause);
        }
        this.onChange();
    }

    retry() {
        this.onRetry?.();
        this.run();
    }

    stop() {
        this.isStopped = true;
        browser.clearTimeout(this.timer);
    }
}
