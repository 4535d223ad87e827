"""Which product and unit an order line means, for all lines of a call at once."""

from odoo.fields import Domain

from ...exceptions import ItemError
from ...tools.units import names_of

GTIN_LENGTHS = (8, 12, 13, 14)


class Catalog:
    """Products and units of a company, looked up once for many lines.

    :param channel: whose company's products count
    :param list lines: the lines of all documents of a call
    """

    def __init__(self, channel, lines):
        self.env = channel.env
        self.company = channel.company_id
        codes = {line[key] for line in lines for key in ("sku", "customer_sku") if line.get(key)}
        barcodes = {form for line in lines for form in gtin_forms(line.get("barcode"))}
        self._index_products(self._search_products(codes, barcodes))
        self.packagings = self._search_packagings(barcodes)
        self.units = self._search_units() if any(line.get("uom") for line in lines) else {}

    def match(self, line, path):
        """The product and unit that a line means.

        :param dict line: line of an order document
        :param str path: where it stands, for the error
        :return tuple: product and unit
        :raises ItemError: unknown, ambiguous, or a unit that does not fit
        """
        product, unit = self._match_product(line, path)
        if line.get("uom"):
            unit = self._match_unit(line["uom"], product, path)
        return product, unit or product.uom_id

    def _search_products(self, codes, barcodes):
        """Archived ones, too: the order is taken, and a check holds it."""
        if not (codes or barcodes):
            return self.env["product.product"]
        products = self.env["product.product"].with_context(active_test=False)
        wanted = Domain("default_code", "in", codes) | Domain("barcode", "in", barcodes)
        return products.search(wanted & Domain(products._check_company_domain(self.company)))

    def _index_products(self, products):
        self.by_code, self.by_barcode = {}, {}
        for product in products.sorted("active", reverse=True):
            if product.default_code:
                self.by_code.setdefault(product.default_code, []).append(product)
            if product.barcode:
                self.by_barcode.setdefault(product.barcode, []).append(product)

    def _search_packagings(self, barcodes):
        missing = [barcode for barcode in barcodes if barcode not in self.by_barcode]
        if not missing:
            return {}
        packagings = self.env["product.uom"].search([("barcode", "in", missing)])
        fitting = packagings.filtered(
            lambda packaging: (
                packaging.product_id.company_id in (self.company.browse(), self.company)
            )
        )
        return {packaging.barcode: packaging for packaging in fitting}

    def _search_units(self):
        """All units by name, as the caller reads it and in English; active ones win.

        A fresh Odoo has common ones, such as the dozen, archived.
        """
        units = self.env["uom.uom"].with_context(active_test=False).search([]).sorted("active")
        english = units.with_context(lang="en_US")
        pairs = [*zip(english, units, strict=True), *zip(units, units, strict=True)]
        return {named.name.strip().lower(): unit for named, unit in pairs}

    def _match_product(self, line, path):
        nothing = self.env["uom.uom"]
        for key in ("sku", "barcode", "customer_sku"):
            if not line.get(key):
                continue
            if key == "barcode":
                found, unit = self._match_barcode(line[key])
            else:
                found, unit = self.by_code.get(line[key], []), nothing
            if found:
                return self._choose(found, line[key], f"{path}.{key}"), unit
        raise self._unknown(line, path)

    def _match_barcode(self, barcode):
        for form in gtin_forms(barcode):
            if form in self.by_barcode:
                return self.by_barcode[form], self.env["uom.uom"]
            if form in self.packagings:
                return [self.packagings[form].product_id], self.packagings[form].uom_id
        return [], self.env["uom.uom"]

    def _choose(self, products, code, path):
        active = [product for product in products if product.active] or products
        if len(active) > 1:
            message = self.env._("%(code)s stands for several products.", code=code)
            raise ItemError("ambiguous_product", message, path)
        return active[0]

    def _unknown(self, line, path):
        key = next(key for key in ("sku", "barcode", "customer_sku") if line.get(key))
        message = self.env._("There is no product %(code)s.", code=line[key])
        return ItemError("unknown_product", message, f"{path}.{key}")

    def _match_unit(self, text, product, path):
        found = (self.units.get(name) for name in names_of(text))
        unit = next(filter(None, found), None)
        if unit and unit._has_common_reference(product.uom_id):
            return unit
        message = self.env._(
            "%(unit)s is no unit that %(product)s is sold in.",
            unit=text,
            product=product.display_name,
        )
        raise ItemError("unknown_unit", message, f"{path}.uom")


def gtin_forms(barcode):
    """How a barcode may be stored: as written, and for a GTIN with or without leading zeros."""
    if not barcode:
        return []
    forms = [barcode]
    if barcode.isascii() and barcode.isdigit() and len(barcode) <= max(GTIN_LENGTHS):
        bare = barcode.lstrip("0")
        forms += [bare.zfill(length) for length in GTIN_LENGTHS if length >= len(bare)]
        forms.append(bare)
    return list(dict.fromkeys(form for form in forms if form))
