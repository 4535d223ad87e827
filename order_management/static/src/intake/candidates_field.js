import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const TARGETS = { customer: "partner_id", product: "product_id" };

/** Near matches of a line that is to be corrected; one click takes one of them. */
export class CandidatesField extends Component {
    static template = "order_management.CandidatesField";
    static props = { ...standardFieldProps };

    get target() {
        return TARGETS[this.props.record.data.kind];
    }

    get candidates() {
        return (this.target && this.props.record.data[this.props.name]) || [];
    }

    isTaken(candidate) {
        return this.props.record.data[this.target]?.id === candidate.id;
    }

    /** Take a candidate; once more, let it go. */
    async onClick(candidate) {
        const value = this.isTaken(candidate)
            ? false
            : { id: candidate.id, display_name: candidate.name };
        await this.props.record.update({ [this.target]: value });
    }
}

registry.category("fields").add("order_candidates", {
    component: CandidatesField,
    supportedTypes: ["json"],
    fieldDependencies: [{ name: "kind", type: "selection" }],
});
