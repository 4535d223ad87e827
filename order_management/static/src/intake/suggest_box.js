import { Component, onMounted, useRef, useState } from "@odoo/owl";
import { useAutofocus } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";

/**
 * A field that suggests while one types and takes by keyboard: arrows choose, Enter takes, Escape
 * closes. What a scanner sends (text and Enter, faster than any suggestion) is looked up in the
 * order it came; the field is free again at once.
 */
export class SuggestBox extends Component {
    static template = "order_management.SuggestBox";
    static props = {
        id: String,
        label: String,
        placeholder: { type: String, optional: true },
        // async (text) => ({ items, exact }); an item needs a `key`
        load: Function,
        // (item, text) => void
        onPick: Function,
        // (text) => void: nothing was found
        onNothing: Function,
        onError: Function,
        // Whether to look for the next one while the last is still looked up, as for scans.
        isScanned: { type: Boolean, optional: true },
        isFocused: { type: Boolean, optional: true },
        inputmode: { type: String, optional: true },
        slots: Object,
    };

    setup() {
        this.input = useRef("input");
        this.state = useState({ text: "", items: [], loaded: null, active: 0, isOpen: false });
        this.queue = Promise.resolve();
        this.ticket = 0;
        this.suggest = useDebounced(() => this.loadSuggestions(), 200);
        if (this.props.isFocused) {
            useAutofocus({ refName: "input" });
        }
        onMounted(() => this.props.isFocused && this.input.el.focus());
    }

    get listId() {
        return `${this.props.id}_list`;
    }

    get activeId() {
        return this.state.isOpen ? this.optionId(this.state.active) : undefined;
    }

    optionId(index) {
        return `${this.props.id}_option_${index}`;
    }

    onInput() {
        this.ticket++;
        if (!this.state.text.trim()) {
            this.close();
            return;
        }
        this.suggest();
    }

    async loadSuggestions() {
        const ticket = ++this.ticket;
        const text = this.state.text.trim();
        if (!text) {
            return;
        }
        try {
            const { items } = await this.props.load(text);
            if (ticket === this.ticket) {
                this.show(text, items);
            }
        } catch (error) {
            this.props.onError(error);
        }
    }

    show(text, items) {
        Object.assign(this.state, { items, loaded: text, active: 0, isOpen: Boolean(items.length) });
    }

    close() {
        this.ticket++;
        this.suggest.cancel();
        Object.assign(this.state, { items: [], loaded: null, active: 0, isOpen: false });
    }

    onKeydown(ev) {
        const count = this.state.items.length;
        if (ev.key === "ArrowDown" || ev.key === "ArrowUp") {
            if (this.state.isOpen) {
                const step = ev.key === "ArrowDown" ? 1 : -1;
                this.state.active = (this.state.active + step + count) % count;
                ev.preventDefault();
            }
        } else if (ev.key === "Escape" && this.state.isOpen) {
            this.close();
            ev.preventDefault();
            ev.stopPropagation();
        } else if (ev.key === "Tab") {
            this.close();
        } else if (ev.key === "Enter" && !ev.ctrlKey && !ev.metaKey && !ev.altKey) {
            ev.preventDefault();
            this.onEnter();
        }
    }

    onEnter() {
        const text = this.state.text.trim();
        if (this.state.isOpen && this.state.loaded === text) {
            this.pick(this.state.items[this.state.active], text);
        } else if (text) {
            this.close();
            if (this.props.isScanned) {
                this.clear();
            }
            this.queue = this.queue.then(() => this.lookUp(text));
        }
    }

    async lookUp(text) {
        try {
            const { items, exact } = await this.props.load(text);
            if (items.length && (exact || items.length === 1)) {
                this.take(items[0], text);
                return;
            }
            const isFree = !this.state.text || this.state.text.trim() === text;
            if (!items.length) {
                this.props.onNothing(text);
            }
            if (isFree) {
                this.state.text = text;
                this.show(text, items);
            }
        } catch (error) {
            this.state.text = this.state.text || text;
            this.props.onError(error);
        }
    }

    /** At once: a scanner goes on before the next rendering. */
    clear() {
        this.state.text = "";
        this.input.el.value = "";
    }

    pick(item, text) {
        this.clear();
        this.close();
        this.props.onPick(item, text);
    }

    take(item, text) {
        if (this.state.text.trim() === text) {
            this.clear();
        }
        this.props.onPick(item, text);
    }

    onOptionPointerdown(ev) {
        // The field keeps the focus.
        ev.preventDefault();
    }

    onBlur() {
        this.close();
    }
}
