from dataclasses import replace

from ...tools.parcels import Goods, plan_parcels
from .order_box_mixin import NO_CARRIER

CUBIC_CENTIMETERS = {"uom.product_uom_cubic_meter": 1e6, "uom.product_uom_cubic_foot": 28316.846592}


class ParcelBook:
    """What planning the parcels of some transfers rests on, read once for all of them."""

    def __init__(self, pickings):
        env = self.env = pickings.env
        companies = pickings.company_id
        self.boxes = env["stock.package.type"]._get_parcel_boxes(companies)
        self.records = {entry.box.id: entry.record for entry in self.boxes}
        self.rules = env["order.hazard.rule"]._get_rules(companies)
        self.kilogram = env["order.hazard.rule"]._get_kilogram()
        volume_unit = env["product.template"]._get_volume_uom_id_from_ir_config_parameter()
        self.cubic = next(
            factor for name, factor in CUBIC_CENTIMETERS.items() if env.ref(name) == volume_unit
        )
        moves = pickings.move_line_ids.move_id
        self.asked = {move.id: move.packaging_uom_id for move in moves}  # read all at once
        self.cartons = {}  # packaging unit → the inner sizes of its package type
        self.lines = {picking.id: get_open_lines(picking) for picking in pickings}

    def boxes_of(self, picking):
        """The boxes a transfer may take: of its company, and of its carrier or of none."""
        kinds = (*NO_CARRIER, picking.carrier_id.delivery_type)
        return [
            entry.box
            for entry in self.boxes
            if entry.carrier_type in kinds
            and (not entry.company or entry.company == picking.company_id)
        ]

    def plan(self, picking):
        """The plan of a transfer: :class:`PlannedPicking`."""
        goods, shares = [], {}
        for line, quantity in self.lines[picking.id].items():
            for one, share in self._read_goods(line, quantity):
                goods.append(one)
                shares[one.id] = share
        boxes, rules = self.boxes_of(picking), self.rules[picking.company_id]
        return PlannedPicking(goods, boxes, rules, shares)

    def _read_goods(self, line, quantity):
        """Goods of a line: whole packagings with measures of their own, then single units.

        :return: pairs of :class:`Goods` and (line, quantity of one piece, packaging)
        """
        product, unit = line.product_id, line.product_uom_id
        units = unit._compute_quantity(quantity, product.uom_id, round=False)
        left = round(units, 6)
        for packaging in self._get_packagings(line):
            size = packaging._compute_quantity(1.0, product.uom_id, round=False)
            pieces = int((left + 1e-6) // size)
            share = product.uom_id._compute_quantity(size, unit, round=False)
            if pieces and unit.round(share) == round(share, 9):
                left = round(left - pieces * size, 6)
                yield self._read_packaging(line, packaging, pieces, size), (line, share, packaging)
        if left > 0:
            yield self._read_single(line, left)

    def _read_single(self, line, left):
        product, unit = line.product_id, line.product_uom_id
        share = product.uom_id._compute_quantity(1.0, unit, round=False)
        one = self._read_product(product, str(line.id), left)
        if unit.round(share) != round(share, 9):
            # A piece is no exact part of the line's unit, a third of a dozen: planned by volume.
            share, factor = 1.0, 1.0 / share
            one = replace(
                one,
                pieces=round(left / factor, 6),
                volume=one.stated_volume * factor,
                weight=one.weight * factor,
                **dict.fromkeys(("length", "width", "height"), 0.0),
            )
        return one, (line, share, False)

    def _read_product(self, product, goods_id, pieces):
        return Goods(
            id=goods_id,
            pieces=pieces,
            length=product.length,
            width=product.width,
            height=product.height,
            volume=max(product.volume, 0.0) * self.cubic,
            weight=max(product.weight, 0.0),
            fragile=product.fragile,
            keep_upright=product.keep_upright,
            ships_alone=product.ships_alone,
            hazard_class=(product.hazard_class or "").strip(),
            max_load=product.max_load * self.kilogram,
        )

    def _read_packaging(self, line, packaging, pieces, size):
        """Whole packagings are pieces as large as their package type says."""
        product, carton = line.product_id, packaging.package_type_id
        length, width, height = self._get_sizes(packaging)
        return replace(
            self._read_product(product, f"{line.id}/{packaging.id}", pieces),
            length=length,
            width=width,
            height=height,
            weight=max(product.weight, 0.0) * size + max(carton.base_weight, 0.0),
        )

    def _get_packagings(self, line):
        """Packaging units of a line whose package type has measures, the largest first."""
        product = line.product_id
        if product.ships_alone:
            return []
        units = product.uom_ids | self.asked[line.move_id.id] | line.product_uom_id
        able = units.filtered(
            lambda unit: unit != product.uom_id and min(self._get_sizes(unit)) > 0
        )
        return able.sorted(lambda unit: (-unit.factor, unit.id))

    def _get_sizes(self, packaging):
        """What a packaging unit measures; nothing when its package type does not say."""
        if packaging not in self.cartons:
            carton = packaging.package_type_id
            self.cartons[packaging] = carton._get_inner_sizes() if carton else (0.0,)
        return self.cartons[packaging]


class PlannedPicking:
    """The plan of one transfer and what it was made of."""

    def __init__(self, goods, boxes, rules, shares):
        self.goods, self.boxes, self.rules, self.shares = goods, boxes, rules, shares
        self.plan = plan_parcels(goods, boxes, rules)


def get_open_lines(picking):
    """What is to be planned: line → quantity in its unit.

    What is picked and not packed yet; while nothing is, all that is reserved and not packed.
    """
    lines = picking.move_line_ids.filtered(
        lambda line: (
            line.state not in ("done", "cancel")
            and line.quantity > 0
            and not line.result_package_id
        )
    ).sorted("id")
    picked = {
        line: line.quantity if line.picked else min(line.scanned_quantity, line.quantity)
        for line in lines
        if line.picked or line.scanned_quantity
    }
    return picked or {line: line.quantity for line in lines}
