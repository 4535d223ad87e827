import { useService } from "@web/core/utils/hooks";
import { Component, onWillStart, onWillUpdateProps, useEffect, useRef, useState } from "@odoo/owl";
import { readPicture } from "../floor_picture_field";

/** How the goods of a transfer go into boxes, with a picture after each piece. */
export class PlannedParcels extends Component {
    static template = "order_management.StationPlan";
    static props = { store: Object, pickingId: Number };

    setup() {
        this.orm = useService("orm");
        this.root = useRef("picture");
        this.state = useState({ parcels: [], at: 0, step: 0 });
        onWillStart(() => this.read(this.props.pickingId));
        onWillUpdateProps(async ({ pickingId }) => {
            if (pickingId !== this.props.pickingId) {
                await this.read(pickingId);
            }
        });
        useEffect(
            (text) => {
                const picture = text && readPicture(text);
                this.root.el?.replaceChildren(...(picture ? [picture] : []));
            },
            () => [this.pictures[this.state.step - 1]]
        );
    }

    /** Without the network there is no plan, and packing goes on without it. */
    async read(pickingId) {
        const parcels = await this.props.store.attempt(() => this.ask(pickingId));
        Object.assign(this.state, { parcels: parcels || [], at: 0 });
        this.show(0);
    }

    async ask(pickingId) {
        const orm = this.orm.silent;
        const [plan] = await orm.call("stock.picking", "plan_parcels", [[pickingId]]);
        const open = plan.parcels.filter((parcel) => !parcel.package_id);
        const ids = open.map((parcel) => parcel.parcel_id);
        const drawn = await orm.read("order.packing.parcel", ids, ["pictures", "content"]);
        return open.map((parcel, at) => ({ ...parcel, ...drawn[at] }));
    }

    get parcel() {
        return this.state.parcels[this.state.at];
    }

    get pictures() {
        return this.parcel?.pictures || [];
    }

    percent(share) {
        return Math.round(share * 100);
    }

    show(at) {
        this.state.at = at;
        this.state.step = this.pictures.length;
    }

    go(by) {
        this.state.step = Math.min(Math.max(this.state.step + by, 1), this.pictures.length);
    }

    async packAsPlanned() {
        const { store, pickingId } = this.props;
        const answers = await store.attempt(() =>
            this.orm.silent.call("stock.picking", "plan_parcels", [[pickingId]], { apply: true })
        );
        if (answers?.[0].ok) {
            const known = new Set(this.state.parcels.map((parcel) => parcel.parcel_id));
            const packed = answers[0].parcels.filter((parcel) => known.has(parcel.parcel_id));
            store.onPackedAsPlanned(packed.map((parcel) => parcel.package_id));
        } else if (answers) {
            store.say("bad", answers[0].errors[0].message);
        }
    }
}
