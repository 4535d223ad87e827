from odoo import api, models

from ..common.access import as_service, hidden, public
from ..common.results import Arguments, error, row

MAX_ROWS = 1000


class ProductAvailabilityMixin(models.AbstractModel):
    """What shops may show of products: a feed of what changed."""

    _name = "product.availability.mixin"
    _description = "Product whose availability is told"

    @api.model
    @public
    def read_availability(self, skus=None, warehouses=None, after=0, limit=500):
        """Tell what can be promised of products, page by page, and then only what changed.

        A shop starts with ``after=0``, keeps ``next`` and asks again with it, with the same
        products and warehouses: first come all pairs of product and warehouse, then those whose
        figures changed since. Nothing is left out, whatever else goes on at the same time.

        Quantities are in the product's unit. ``available`` can be promised today: on hand and
        usable, less what is reserved or waited for. From ``next_date`` on, ``next_quantity`` more
        can be promised; where orders already wait for all that comes, ``next_date`` is the day of
        the next receipt and ``next_quantity`` 0. A kit has what its components allow. A product
        that is sold no more comes once more, not ``sellable`` and with nothing available.

        :param list skus: internal references; without it, all products that are stocked and sold
        :param list warehouses: codes; without it, all of the caller's companies that use order
            management
        :param int after: ``next`` of the answer before; 0 to begin
        :param int limit: how many items at most, up to 1000
        :return: ``{}``: ``items``: ``product_id``, ``sku``, ``warehouse`` (code),
            ``warehouse_id``, ``sellable``, ``supply`` (``stock`` | ``to_order`` | ``dropship``:
            these two need none in stock), ``on_hand``, ``reserved``, ``available``,
            ``incoming``, ``next_date``, ``next_quantity``; ``next``, ``more``
        :raises AccessError: a warehouse does not exist, or is not of the caller's companies
        :raises ValidationError: an argument is of the wrong shape
        """
        arguments = Arguments(self.env)
        places = self._find_places(arguments, warehouses)
        skus = _texts(arguments, skus, "skus")
        after = arguments.value(after, "integer", "after", required=True)
        limit = arguments.value(limit, "integer", "limit", required=True)
        if not 1 <= limit <= MAX_ROWS:
            message = self.env._("a number from 1 to %(most)s is expected.", most=MAX_ROWS)
            arguments.refuse("limit", message)
        notices = as_service(self.env["order.availability.notice"])
        if not 0 <= after <= notices._get_last_number():
            message = self.env._("this cursor was never given out; begin again with 0.")
            arguments.refuse("after", message)
        products, errors = self._find_told(skus, places)
        rows, cursor, more = notices._read_changes(places, products, after, limit)
        codes = {place.id: place.code for place in places}
        return row(
            errors,
            items=[_prepare_item(found, codes) for found in rows],
            next=cursor,
            more=more,
        )

    def _find_places(self, arguments, codes):
        """The warehouses asked, with full rights."""
        codes = _texts(arguments, codes, "warehouses")
        found = self.env["stock.warehouse"]
        if codes is None:
            domain = [("company_id", "in", self.env.companies.ids)]
            found = as_service(found.search(domain))
            return found.filtered("company_id.use_order_management")
        found = found.search([("code", "in", codes)])
        if sorted(found.mapped("code")) != sorted(set(codes)):
            raise hidden(self.env)
        return as_service(found)

    def _find_told(self, skus, places):
        """The products asked, with full rights; ``None`` for all.

        :return tuple: products, and an error for each reference that is not known
        """
        if skus is None:
            return None, []
        products = (
            places.env["product.product"]
            .with_context(active_test=False)
            .search(
                [
                    ("default_code", "in", skus),
                    ("company_id", "in", [False, *places.company_id.ids]),
                ]
            )
        )
        known = set(products.mapped("default_code"))
        errors = [
            error(
                "unknown_product",
                self.env._("no product has the reference %(sku)s.", sku=sku),
                f"skus[{index}]",
            )
            for index, sku in enumerate(skus)
            if sku not in known
        ]
        return products.with_context(active_test=True), errors


def _texts(arguments, values, path):
    """A list of texts, or ``None`` when none is given."""
    if values is None:
        return None
    values = arguments.value(values, "list", path, required=True)
    if len(values) > MAX_ROWS:
        message = arguments.env._(
            "too_large: %(count)s entries were sent, at most %(limit)s are allowed a call.",
            count=len(values),
            limit=MAX_ROWS,
        )
        arguments.refuse(path, message)
    return [
        arguments.value(value, "text", f"{path}[{index}]", required=True)
        for index, value in enumerate(values)
    ]


def _prepare_item(found, codes):
    return {
        "product_id": found["product_id"],
        "sku": found["sku"] or "",
        "warehouse": codes[found["warehouse_id"]],
        "warehouse_id": found["warehouse_id"],
        "sellable": found["is_sellable"],
        "supply": found["supply"] or "stock",
        **{
            name: float(found[name])
            for name in ("on_hand", "reserved", "available", "incoming", "next_quantity")
        },
        "next_date": found["next_date"],
    }
