from odoo import api, fields, models

from ...tools.parcels import HIGH_VOID, is_weight_wrong
from ..common.access import as_service, check_visible, public
from ..common.results import Arguments, row

MAX_REASON = 200


class OrderParcelMixin(models.AbstractModel):
    """A package as a parcel: what it should weigh, and how much of it is empty.

    Weights are in the unit of weight of the database.
    """

    _name = "order.parcel.mixin"
    _description = "Parcel"

    expected_weight = fields.Float(
        digits="Stock Weight", readonly=True, copy=False,
        help="Its goods and its box, when it was packed; 0 when a product has no weight.",
    )  # fmt: skip
    weight_alarm = fields.Boolean(
        "Weight off", readonly=True, copy=False, index="btree_not_null",
        help="It weighed more or less than its contents should, beyond what the company tolerates.",
    )  # fmt: skip
    had_weight_alarm = fields.Boolean("Weight was off", readonly=True, copy=False)
    weight_reason = fields.Char(
        readonly=True, copy=False, help="Why a weight that is off was accepted."
    )
    void_share = fields.Float(
        "Void", readonly=True, copy=False, help="Share of the box that no goods fill."
    )
    is_void_high = fields.Boolean("Void above half", readonly=True, copy=False)
    is_box_overridden = fields.Boolean("Other box than planned", readonly=True, copy=False)

    @public
    def weigh(self, weight=None, reason=None):
        """Weigh parcels again, or accept that they are off.

        :param float weight: gross, in the unit of weight of the database; of each of the parcels
        :param str reason: why the weight is right although it is off
        :return: one item per package: ``package_id``, ``name``, ``weight``, ``weight_expected``,
            ``weight_alarm``, ``message``
        """
        packages = as_service(self)
        # A package has no company before it leaves: its transfer tells who may see it.
        check_visible(self.env["stock.picking"].browse(packages._get_label_lines().picking_id.ids))
        arguments = Arguments(self.env)
        weight = arguments.value(weight, "number", "weight")
        if weight and weight < 0:
            arguments.refuse("weight", self.env._("a weight is never negative."))
        reason = arguments.value(reason, "text", "reason")
        if reason and len(reason) > MAX_REASON:
            arguments.refuse("reason", self.env._("the text is too long."))
        if weight or reason:
            for package in packages:
                package._take_weight(weight or package.shipping_weight, reason)
        return [
            row(
                package_id=package.id,
                name=package.name,
                weight=package.shipping_weight,
                **package._tell_weight(),
            )
            for package in packages
        ]

    def action_weigh(self):
        """Button: ask what these parcels weigh, one after the other."""
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Weigh again"),
            "res_model": "order.parcel.weigh",
            "view_mode": "form",
            "target": "new",
            "context": {"default_package_id": self[:1].id, "default_package_ids": self.ids},
        }

    def _note_packed(self, lines, planned, weight):
        """Keep what a package just packed should weigh, and how much of it is empty."""
        box = self.package_type_id
        self.is_box_overridden = bool(planned) and box != planned.package_type_id
        self.expected_weight = self._get_expected_weight(lines)
        void = planned.void_share if planned and box == planned.package_type_id else False
        if void is False:
            void = self._get_void(lines)
        self.write({"void_share": void, "is_void_high": void > HIGH_VOID})
        if weight:
            self._take_weight(weight, False)

    def _get_expected_weight(self, lines):
        """Weight of the box and these lines; 0 when a product's is not known."""
        if not all(line.product_id.weight > 0 for line in lines):
            return 0.0
        weights = [line.quantity_product_uom * line.product_id.weight for line in lines]
        return sum(weights) + self.package_type_id.base_weight

    def _get_void(self, lines):
        """Share of the box that is empty; 0 when measures are missing."""
        box = self.package_type_id
        sizes = box._get_inner_sizes() if box else (0.0,)
        if not all(sizes) or not all(line.product_id.has_measures for line in lines):
            return 0.0
        filled = sum(
            line.quantity_product_uom
            * line.product_id.length
            * line.product_id.width
            * line.product_id.height
            for line in lines
        )
        length, width, height = sizes
        return max(0.0, round(1.0 - filled / (length * width * height), 6))

    def _take_weight(self, weight, reason):
        """Note what the scale says; an alarm goes when the weight is right or explained."""
        is_off = self._is_weight_off(weight)
        values = {"weight_alarm": is_off and not reason, "weight_reason": is_off and reason}
        if is_off:
            values["had_weight_alarm"] = True
        self.write({"shipping_weight": weight, **values})

    def _is_weight_off(self, weight):
        if not weight or not self.expected_weight:
            return False
        company = self._get_label_lines().company_id[:1] or self.env.company
        kilogram = self.env["order.hazard.rule"]._get_kilogram()
        return is_weight_wrong(
            weight,
            self.expected_weight,
            company.parcel_weight_tolerance / 100,
            company.parcel_weight_margin * kilogram,
        )

    def _tell_weight(self):
        """The keys of an answer that are about the weight."""
        message = False
        if self.weight_alarm:
            message = self.env._(
                "%(package)s weighs %(actual)g, but %(expected)g is expected: something is "
                "missing or too much.",
                package=self.name,
                actual=self.shipping_weight,
                expected=self.expected_weight,
            )
        return {
            "weight_expected": self.expected_weight or False,
            "weight_alarm": self.weight_alarm,
            "message": message,
        }


class OrderParcelAlarmMixin(models.AbstractModel):
    """Transfers tell of parcels whose weight is off."""

    _name = "order.parcel.alarm.mixin"
    _description = "Transfer with weighed parcels"

    # A reusable package may be another company's by now: the transfer is read all the same.
    weight_alarm_count = fields.Integer(
        "Weights off", compute="_compute_weight_alarm_count", compute_sudo=True
    )

    @api.depends("move_line_ids.result_package_id.weight_alarm")
    def _compute_weight_alarm_count(self):
        for picking in self:
            packages = picking.move_line_ids.result_package_id
            picking.weight_alarm_count = len(packages.filtered("weight_alarm"))

    def action_weigh_parcels(self):
        """Button: weigh the parcels whose weight is off again."""
        self.check_access("read")
        return self.move_line_ids.result_package_id.filtered("weight_alarm").action_weigh()
