"""What a scanned code names: something of the transfer first, else anything that is known."""

from dataclasses import dataclass
from datetime import date

from odoo.fields import Domain

from ...tools import gs1, gs1_scan
from ...tools.station_commands import find_command


@dataclass(frozen=True)
class Named:
    """What a code stands for; of records those that belong to its kind."""

    kind: str
    product: object = None
    unit: object = None  # what one scan of the code counts
    count: float = 1.0  # how many units the code itself names
    lot: object = None
    lot_name: str = ""  # as it was read; of a lot that may not be known yet
    expires_on: date | None = None  # as it is printed on the goods
    package: object = None
    location: object = None
    command: str = ""
    is_own: bool = False  # belongs to the transfer


UNKNOWN = Named("unknown")


class ScanBook:
    """The codes of one transfer, and a way to find out what others stand for.

    Where one text stands for several things, the order of ``_read_own`` decides.
    """

    def __init__(self, picking):
        self.picking, self.env = picking, picking.env
        lines = picking.move_line_ids
        self.products = picking.move_ids.product_id | lines.product_id
        self.own, self.gtins = {}, {}
        for code, named in self._read_own(lines):
            if code:
                self.own.setdefault(code, named)
        for code, named in self.own.items():
            gtin = gs1_scan.to_gtin(code) if named.kind == "product" else ""
            if gtin:
                self.gtins.setdefault(gtin, named)

    def find(self, code):
        """What ``code`` names.

        :return: a :class:`Named`; of kind ``unknown`` when nothing is known by it
        """
        if command := find_command(code):
            return Named("command", command=command, is_own=True)
        today = self.picking._get_today()
        if content := gs1_scan.read(code, today):
            return self._find_content(content)
        plain = gs1_scan.strip_symbology(code)
        return (
            self.own.get(code)
            or self.own.get(plain)
            or self._find_gtin(gs1_scan.to_gtin(plain))
            or self._search(plain)
            or self._find_content(gs1_scan.read(plain, today, certain=False))
        )

    def _read_own(self, lines):
        """Pairs of code and what it names, those that win first."""
        for product in self.products:
            yield product.barcode, self._as_product(product)
        for packaging in self.products.product_uom_ids:
            yield packaging.barcode, self._as_product(packaging.product_id, packaging.uom_id)
        for package in lines.package_id | lines.result_package_id:
            for code in (package.sscc, package.name):
                yield code, Named("package", package=package, is_own=True)
        for line in lines.filtered("lot_id"):
            yield line.lot_id.name, self._as_lot(line.lot_id)
        for product in self.products:
            yield product.default_code, self._as_product(product)
        places = lines.location_id | lines.location_dest_id
        for name in ("barcode", "complete_name", "name"):
            for place in places:
                yield place[name], Named("location", location=place, is_own=True)
        orders = self.picking._get_sale_orders()
        for code in (self.picking.name, *orders.mapped("name"), *orders.mapped("external_ref")):
            yield code, Named("order", is_own=True)

    def _as_product(self, product, unit=None, **values):
        is_own = product in self.products
        return Named("product", product, unit or product.uom_id, is_own=is_own, **values)

    def _as_lot(self, lot, **values):
        product = lot.product_id
        is_own = product in self.products
        return Named(
            "lot", product, product.uom_id, lot=lot, lot_name=lot.name, is_own=is_own, **values
        )

    def _find_content(self, content):
        """What a GS1 symbol names."""
        if not content:
            return UNKNOWN
        if content.sscc:
            return self.own.get(content.sscc) or self._search_package(content.sscc) or UNKNOWN
        goods = self._find_gtin(content.gtin)
        if not goods:
            return UNKNOWN
        product = goods.product
        values = {"expires_on": content.expires_on, "count": content.count or 1.0}
        kilogram = self.env.ref("uom.product_uom_kgm", raise_if_not_found=False)
        unit = goods.unit
        if content.net_weight and kilogram and unit._has_common_reference(kilogram):
            unit, values["count"] = kilogram, content.net_weight
        name = content.serial if product.tracking == "serial" else content.lot
        if product.tracking == "none" or not name:
            return self._as_product(product, unit, **values)
        lot = self._search_lots(name).filtered(lambda lot: lot.product_id == product)[:1]
        return Named("lot", product, unit, lot=lot, lot_name=name, is_own=goods.is_own, **values)

    def _find_gtin(self, gtin):
        """The product or packaging that has this number, however many digits are kept of it."""
        if not gtin:
            return None
        if named := self.gtins.get(gtin):
            return named
        short = gtin.lstrip("0")
        kept = [short.zfill(length) for length in gs1_scan.GTIN_LENGTHS if len(short) <= length]
        return self._search_product(kept)

    def _search(self, code):
        """Anything that is known by this code; it does not belong to the transfer."""
        for find in (
            lambda: self._search_product([code]),
            lambda: self._search_package(code),
            lambda: self._search_lot(code),
            lambda: self._search_sku(code),
            lambda: self._search_location(code),
            lambda: self._search_order(code),
        ):
            if named := find():
                return named
        return None

    @property
    def _ours(self):
        return Domain("company_id", "in", [False, self.picking.company_id.id])

    def _search_product(self, codes):
        products = self.env["product.product"].with_context(active_test=False)
        wanted = self._ours & Domain("barcode", "in", codes)
        if product := products.search(wanted, limit=1):
            return self._as_product(product)
        packaging = self.env["product.uom"].search(wanted, limit=1)
        return packaging and self._as_product(packaging.product_id, packaging.uom_id)

    def _search_sku(self, code):
        products = self.env["product.product"].with_context(active_test=False)
        product = products.search(self._ours & Domain("default_code", "=", code), limit=1)
        return product and self._as_product(product)

    def _search_package(self, code):
        known = Domain("sscc", "=", gs1.parse_sscc(code) or code) | Domain("name", "=", code)
        ours = Domain("company_id", "=", self.picking.company_id.id)
        package = self.env["stock.package"].search(ours & known, limit=1)
        return package and Named("package", package=package)

    def _search_lots(self, name):
        return self.env["stock.lot"].search(self._ours & Domain("name", "=", name))

    def _search_lot(self, code):
        lots = self._search_lots(code)
        lot = lots.filtered(lambda lot: lot.product_id in self.products)[:1] or lots[:1]
        return lot and self._as_lot(lot)

    def _search_location(self, code):
        known = Domain("barcode", "=", code) | Domain("complete_name", "=", code)
        location = self.env["stock.location"].search(self._ours & known, limit=1)
        return location and Named("location", location=location)

    def _search_order(self, code):
        ours = Domain("company_id", "=", self.picking.company_id.id)
        known = Domain("name", "=", code) | Domain("sale_id.name", "=", code)
        return self.picking.search(ours & known, limit=1) and Named("order")
