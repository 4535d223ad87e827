"""Which product and unit an order line means, for all lines of a call at once."""

from difflib import SequenceMatcher

from odoo.fields import Domain

from ...exceptions import ItemError
from ...tools.units import PACKAGINGS, names_of, packaging_names

GTIN_LENGTHS = (8, 12, 13, 14)
PRODUCT_KEYS = ("sku", "barcode", "customer_sku")
NEAR_LIMIT = 5  # products that are offered for an unknown code
NEAR_START = 2  # signs that an offered product's code begins with alike
NEAR_ROWS = 400  # products that are looked at for near matches, per call


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
        self.asked, self.neighbours = codes, None
        self._index_products(self._search_products(codes, barcodes))
        self.packagings = self._search_packagings(barcodes)
        self.codes = self._search_codes(channel, codes)
        self.supplied = self._search_supplied(codes)
        self.by_name = self._search_names(
            {line["name"] for line in lines if line.get("name") and not _has_code(line)}
        )
        self.unit_names = {}
        self.units = self._search_units() if any(line.get("uom") for line in lines) else {}

    def match(self, line, path, partner=None):
        """The product and unit that a line means.

        :param dict line: line of an order document
        :param str path: where it stands, for the error
        :param partner: the customer, whose own codes count
        :return tuple: product and unit
        :raises ItemError: unknown, ambiguous, or a unit that does not fit
        """
        product, unit = self._match_product(line, path, partner)
        if line.get("uom"):
            unit = self._match_unit(line["uom"], product, path, unit)
        return product, unit or product.uom_id

    def identify(self, text, partner=None):
        """The products that a scanned or typed text names exactly, and the unit it means.

        :param str text: a barcode or code, among those of the lines
        :param partner: the customer, whose own codes count
        :return tuple: products and unit, either may be empty
        """
        found, unit = self._match_barcode(text)
        if not found:
            found, unit = self._match_code("customer_sku", text, partner)
        return self.env["product.product"].union(*found), unit or self.env["uom.uom"]

    def _search_products(self, codes, barcodes):
        """Archived ones, too: the order is taken, and a check holds it."""
        if not (codes or barcodes):
            return self.env["product.product"]
        products = self.env["product.product"].with_context(active_test=False)
        wanted = Domain("default_code", "in", codes) | Domain("barcode", "in", barcodes)
        wanted &= Domain(products._check_company_domain(self.company))
        # What core's create reads of them anyway comes in the same query.
        names = [
            name
            for name, field in products._fields.items()
            if field.store and field.column_type and field.prefetch is True
        ]
        return products.search_fetch(wanted, names)

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
        for named, unit in pairs:
            self.unit_names.setdefault(unit.id, set()).add(named.name.strip().lower())
        return {named.name.strip().lower(): unit for named, unit in pairs}

    def _search_codes(self, channel, codes):
        """Code → what the channel and customers call products by it."""
        if not codes:
            return {}
        known = self.env["order.product.code"].search(
            [
                ("code", "in", sorted(codes)),
                ("channel_id", "in", [False, channel.id]),
                ("company_id", "=", self.company.id),
            ]
        )
        return known.grouped("code")

    def _search_supplied(self, codes):
        """Supplier's code → products, for codes that nothing else knows."""
        missing = sorted(code for code in codes if code not in self.by_code | self.codes)
        if not missing:
            return {}
        suppliers = self.env["product.supplierinfo"].search(
            [("product_code", "in", missing), ("company_id", "in", [False, self.company.id])]
        )
        found = {}
        for supplier in suppliers:
            products = supplier.product_id or supplier.product_tmpl_id.product_variant_ids
            entry = found.setdefault(supplier.product_code, [])
            entry += [product for product in products if product not in entry]
        return found

    def _search_names(self, names):
        """Name → products, for lines that give no code."""
        if not names:
            return {}
        products = self.env["product.product"]
        wanted = Domain.OR([("name", "=ilike", literal(name))] for name in sorted(names))
        found = products.search(wanted & Domain(products._check_company_domain(self.company)))
        return found.grouped(lambda product: product.name.strip().casefold())

    def _match_product(self, line, path, partner):
        nothing = self.env["uom.uom"]
        if not _has_code(line):
            return self._match_name(line["name"], f"{path}.name"), nothing
        for key in PRODUCT_KEYS:
            if not line.get(key):
                continue
            if key == "barcode":
                found, unit = self._match_barcode(line[key])
            else:
                found, unit = self._match_code(key, line[key], partner)
            if found:
                return self._choose(found, line[key], f"{path}.{key}"), unit or nothing
        raise self._unknown(line, path)

    def _match_code(self, key, code, partner):
        """The products that a code means: the customer's, the channel's, ours, a supplier's."""
        known = self.codes.get(code, self.env["order.product.code"])
        payer = partner.commercial_partner_id if partner else self.env["res.partner"]
        own = known.filtered(
            lambda entry: entry.partner_id and entry.partner_id.commercial_partner_id == payer
        )
        shared = known.filtered(lambda entry: not entry.partner_id)
        by_channel = shared.filtered("channel_id") or shared
        lists = (own, by_channel) if key == "customer_sku" else (by_channel, own)
        for entries in lists[:1] if key == "sku" else lists:
            if entries:
                return list(entries.product_id), entries[:1].uom_id
        if code in self.by_code:
            return self.by_code[code], None
        if key == "sku" and own:
            return list(own.product_id), own[:1].uom_id
        return self.supplied.get(code, []), None

    def _match_barcode(self, barcode):
        for form in gtin_forms(barcode):
            if form in self.by_barcode:
                return self.by_barcode[form], self.env["uom.uom"]
            if form in self.packagings:
                return [self.packagings[form].product_id], self.packagings[form].uom_id
        return [], self.env["uom.uom"]

    def _match_name(self, name, path):
        products = self.by_name.get(name.strip().casefold())
        if not products:
            message = self.env._(
                "The line has no code, and no product is called %(name)s.", name=name
            )
            raise ItemError("unknown_product", message, path)
        return self._choose(products, name, path)

    def _choose(self, products, code, path):
        active = [product for product in products if product.active] or products
        if len(active) > 1:
            message = self.env._("%(code)s stands for several products.", code=code)
            offered = [_offer(product, self.env._("Same code")) for product in active]
            raise ItemError("ambiguous_product", message, path, offered[:NEAR_LIMIT])
        return active[0]

    def _unknown(self, line, path):
        key = next(key for key in PRODUCT_KEYS if line.get(key))
        message = self.env._("There is no product %(code)s.", code=line[key])
        near = [] if key == "barcode" else self._find_near(line[key], line.get("name"))
        return ItemError("unknown_product", message, f"{path}.{key}", near)

    def _find_near(self, code, name):
        """Products whose code is written much alike; one query for a call."""
        start = code[:NEAR_START].lower()
        scored = []
        for product in self._get_neighbours():
            known = (product.default_code or "").lower()
            if not known.startswith(start):
                continue
            likeness = SequenceMatcher(None, code.lower(), known).ratio()
            same_name = name and name.strip().lower() == product.name.strip().lower()
            if likeness >= 0.6 or same_name:
                scored.append((-likeness, product.id, product))
        scored.sort(key=lambda entry: entry[:2])
        reason = self.env._("Similar code")
        return [_offer(product, reason) for _score, _id, product in scored[:NEAR_LIMIT]]

    def _get_neighbours(self):
        """Products whose code begins like one that nothing matched."""
        if self.neighbours is None:
            starts = {code[:NEAR_START] for code in self.asked if code not in self.by_code and code}
            wanted = Domain.OR(
                [("default_code", "=ilike", f"{literal(start)}%")] for start in sorted(starts)
            )
            products = self.env["product.product"]
            self.neighbours = products.search(
                wanted & Domain(products._check_company_domain(self.company)), limit=NEAR_ROWS
            )
        return self.neighbours

    def _match_unit(self, text, product, path, meant):
        """The unit of a name or code; what is called exactly so comes first.

        A packaging, such as a box, is of another size for each product: the unit that the code or
        barcode stands for says which, else the product's packaging of that name, else a unit of
        that name. It never counts as one piece for want of another.

        :param meant: the unit that the line's code or barcode stands for, may be empty
        """
        unit = self.units.get(text.strip().lower())
        is_called = unit and text.strip().upper() not in PACKAGINGS
        if is_called and unit._has_common_reference(product.uom_id):
            return unit
        packaging = packaging_names(text)
        if packaging and meant:
            return meant
        found = self._find_packagings(packaging, product)
        if len(found) == 1:
            return found
        unit = next(filter(None, map(self.units.get, names_of(text))), None)
        if unit and not found and unit._has_common_reference(product.uom_id):
            return unit
        raise ItemError("unknown_unit", self._tell_unknown_unit(text, product), f"{path}.uom")

    def _find_packagings(self, names, product):
        """The product's own packagings called so, else beginning so, such as *Box of 12*."""
        called, beginning = product.uom_ids.browse(), product.uom_ids.browse()
        for unit in product.uom_ids if names else ():
            known = self.unit_names.get(unit.id, ())
            if any(name in known for name in names):
                called |= unit
            elif any(one.startswith(f"{name} ") for one in known for name in names):
                beginning |= unit
        return called or beginning

    def _tell_unknown_unit(self, text, product):
        packaging = packaging_names(text)
        if packaging:
            return self.env._(
                "How much is in “%(unit)s” of %(product)s is not clear: add one packaging called "
                "“%(name)s …” to the product, a unit “%(name)s”, or the unit to the customer's or "
                "channel's product code.",
                unit=text,
                product=product.display_name,
                name=packaging[0].capitalize(),
            )
        return self.env._(
            "“%(unit)s” is no unit that %(product)s is sold in.",
            unit=text,
            product=product.display_name,
        )


def find_products(channel, lines):
    """The product that each line means, ``None`` where that is not clear.

    :param channel: the channel, with full rights
    :param list lines: lines of an order document
    """
    plain = [{key: value for key, value in line.items() if key != "uom"} for line in lines]
    catalog, found = Catalog(channel, plain), []
    for line in plain:
        try:
            found.append(catalog.match(line, "")[0])
        except ItemError:
            found.append(None)
    return found


def _has_code(line):
    return any(line.get(key) for key in PRODUCT_KEYS)


def _offer(product, reason):
    """A product that may have been meant, as the row of a document keeps it."""
    return {"id": product.id, "name": product.display_name, "reason": reason}


def literal(text):
    """Text as a pattern that stands for nothing but itself."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


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
