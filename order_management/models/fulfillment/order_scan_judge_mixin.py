from dataclasses import dataclass, field

from odoo import fields, models
from odoo.tools import format_date

from ..common.optional import has_field
from ..common.zones import day_of, zone_of
from .scan_book import Named, ScanBook


@dataclass
class ScanOutcome:
    """What is to become of one scan."""

    named: Named
    code: str = ""  # why it was refused
    message: str = ""  # what the picker reads, where the sentence of the code is not enough
    shares: list = field(default_factory=list)  # (transfer line, quantity in its unit)
    product: object = None  # of a package that holds one product only
    expects: str = ""  # what is to be scanned next for this scan to count


class OrderScanJudgeMixin(models.AbstractModel):
    """Judging a scan: which lines its goods go to, or why not. Nothing is changed here."""

    _name = "order.scan.judge.mixin"
    _description = "Transfer that judges scans"

    def _judge_scan(self, barcode, quantity):
        """Find out what a code names and which lines its goods go to.

        :return: a :class:`ScanOutcome`
        """
        named = ScanBook(self).find(barcode)
        if not self._may_work_on() and not (named.kind == "order" and named.is_own):
            message = self.env._(
                "%(person)s works on %(transfer)s. Scan its number to help.",
                person=self.claimed_by_id.name,
                transfer=self.name,
            )
            return ScanOutcome(named, "not_yours", message)
        return getattr(self, f"_scan_{named.kind}")(named, quantity)

    def _scan_unknown(self, named, quantity):
        return ScanOutcome(named, "unknown_code")

    def _scan_command(self, named, quantity):
        return ScanOutcome(named)

    def _scan_order(self, named, quantity):
        """The number of the transfer: whoever scans it works on it."""
        if not named.is_own:
            message = self.env._("This is not the number of %(transfer)s.", transfer=self.name)
            return ScanOutcome(named, "not_yours", message)
        return ScanOutcome(named)

    def _scan_location(self, named, quantity):
        """A place goods are taken from, or brought to."""
        if not named.is_own and not self._find_lines_at(named.location):
            return ScanOutcome(named, "wrong_location")
        return ScanOutcome(named)

    def _scan_package(self, named, quantity):
        """A package goes on as a whole: all that is in it."""
        package = named.package
        lines = self.move_line_ids.filtered(lambda line: line.result_package_id == package)
        if not lines:
            if package in self.move_line_ids.package_id:
                message = self.env._(
                    "Only a part of %(package)s is wanted: scan the goods in it.",
                    package=package.name,
                )
                return ScanOutcome(named, "wrong_product", message)
            return ScanOutcome(named, "wrong_product")
        left = lines.filtered(lambda line: line._is_open_for_scan())
        if not left or quantity != 1.0:
            return ScanOutcome(named, "too_many")
        product = left.product_id if len(left.product_id) == 1 else None
        shares = [(line, line._get_open_quantity()) for line in left]
        return ScanOutcome(named, shares=shares, product=product)

    def _scan_product(self, named, quantity):
        if not named.is_own:
            return ScanOutcome(named, "wrong_product")
        lines = self.move_line_ids.filtered(lambda line: line.product_id == named.product)
        left = lines.filtered(lambda line: line._is_open_for_scan())
        if left and self._needs_lot(named.product, left):
            message = self.env._(
                "Now scan the lot or serial number of %(product)s.",
                product=named.product.display_name,
            )
            return ScanOutcome(named, message=message, expects="lot")
        return self._share_out(named, left, quantity)

    def _needs_lot(self, product, lines):
        """Whether it takes the lot or serial number to know which goods were taken."""
        if product.tracking == "none":
            return False
        lots = {(line.lot_id.id, line.lot_name) for line in lines}
        return product.tracking == "serial" or len(lots) > 1 or lots == {(False, False)}

    def _scan_lot(self, named, quantity):
        if not named.is_own:
            return ScanOutcome(named, "wrong_product")
        if refusal := self._refuse_expired(named, named.lot):
            return refusal
        lines = self.move_line_ids.filtered(lambda line: line.product_id == named.product)
        known = lines.filtered(lambda line: self._is_of_lot(line, named))
        free = lines.filtered(lambda line: not (line.lot_id or line.lot_name))
        if not known and not (free and self._may_name_lot(named)):
            return ScanOutcome(named, "wrong_lot", self._tell_wanted_lots(lines))
        if named.product.tracking == "serial" and (quantity * named.count != 1.0 or known):
            left = known.filtered(lambda line: line._is_open_for_scan())
            if quantity * named.count != 1.0 or not left:
                return ScanOutcome(named, "too_many")
        left = (known or free).filtered(lambda line: line._is_open_for_scan())
        return self._share_out(named, left, quantity)

    def _is_of_lot(self, line, named):
        return line.lot_id == named.lot if named.lot else line.lot_name == named.lot_name

    def _may_name_lot(self, named):
        """Whether a line without a lot may get this one."""
        kind = self.picking_type_id
        return kind.use_existing_lots if named.lot else kind.use_create_lots

    def _tell_wanted_lots(self, lines):
        wanted = lines.filtered(lambda line: line._is_open_for_scan()).lot_id.mapped("name")
        if not wanted:
            return ""
        return self.env._(
            "This lot or serial number is not reserved here: take %(lots)s.",
            lots=", ".join(wanted[:5]),
        )

    def _refuse_expired(self, named, lots):
        """The refusal of goods that may no longer be sold, if they are on their way out."""
        if self.picking_type_code == "incoming":
            return None
        for name, last in self._read_expiries(named, lots or ()):
            if last < self._get_today():
                message = self.env._(
                    "%(lot)s expired on %(day)s.", lot=name, day=format_date(self.env, last)
                )
                return ScanOutcome(named, "expired_lot", message)
        return None

    def _read_expiries(self, named, lots):
        """Pairs of name and last good day, of what is printed on goods and kept of their lots."""
        if named.expires_on:
            yield named.lot_name or named.product.display_name, named.expires_on
        if has_field(self.env, "stock.lot", "expiration_date"):
            zone = self._get_zone()
            for lot in lots:
                if lot.expiration_date:
                    yield lot.name, day_of(lot.expiration_date, zone)

    def _get_today(self):
        return day_of(fields.Datetime.now(), self._get_zone())

    def _get_zone(self):
        return zone_of(self.picking_type_id.warehouse_id, self.company_id)

    def _share_out(self, named, lines, quantity):
        """The lines of one product that scanned goods go to."""
        if refusal := self._refuse_expired(named, lines.lot_id):
            return refusal
        place = self._get_scanned_place()
        here = lines.filtered(lambda line: _lies_at(line.location_id, place)) if place else lines
        if lines and not here:
            message = self.env._(
                "This is to be taken from %(place)s: go there and scan that place first.",
                place=lines[:1].location_id.display_name,
            )
            return ScanOutcome(named, "wrong_location", message)
        asked = named.unit._compute_quantity(
            quantity * named.count, named.product.uom_id, round=False
        )
        shares = here._share_scan(asked)
        return ScanOutcome(named, shares=shares) if shares else ScanOutcome(named, "too_many")

    def _get_scanned_place(self):
        """Where the user takes goods now; empty when no scanned place has goods left to take."""
        place = (
            self.env["order.scan"]
            .search(
                [
                    ("picking_id", "=", self.id),
                    ("kind", "=", "location"),
                    ("accepted", "=", True),
                    ("undone_at", "=", False),
                    ("user_id", "=", self.env.uid),
                ],
                limit=1,
            )
            .location_id
        )
        lines = place and self._find_lines_at(place)
        left = lines and lines.filtered(lambda line: line._is_open_for_scan())
        return place if left else place.browse()

    def _find_lines_at(self, place):
        """The transfer lines whose goods lie at a place or beneath it."""
        return self.move_line_ids.filtered(lambda line: _lies_at(line.location_id, place))


def _lies_at(location, place):
    return (location.parent_path or "").startswith(place.parent_path or "-")
