"""The packing slip: what is in which parcel, and what is still to come."""

from ...tools.proration import share
from .delivery_contents import DeliveryContents
from .paper_pages import get_block_height, get_head_height, get_row_height, make_pages
from .paper_values import (
    name_of,
    prepare_head,
    tell_amount,
    tell_quantity,
    tell_weight,
)
from .parcel_list import get_gross_weight, get_loose_lines, list_parcels

# Characters a line of the columns.
SKU_WIDTH, WIDTH, WIDTH_WITH_PRICES = 15, 48, 30
LOTS_CAPTION = "Lot or serial number: "
TABLE_HEAD, TAIL = 88.0, 110.0


def prepare_packing_slips(pickings):
    """Transfer id → what its packing slip shows, as texts in the language of ``pickings``."""
    contents = DeliveryContents(pickings)
    parcels = list_parcels(pickings)
    return {
        picking.id: _PackingSlip(picking, contents, parcels[picking.id]).prepare()
        for picking in pickings
    }


class _PackingSlip:
    """The slip of one transfer."""

    def __init__(self, picking, contents, parcels):
        self.picking, self.env = picking, picking.env
        self.contents, self.parcels = contents, parcels
        self.loose = get_loose_lines(picking, parcels)
        self.orders = contents.get_orders(picking)
        self.items = contents.get_items(picking)
        self.with_prices = self.orders._shows_prices_on_slips()
        self.amounts = self._share_amounts() if self.with_prices else {}

    def prepare(self):
        head = prepare_head(self.picking, self.contents)
        currency = self.orders.currency_id[:1]
        parts = [self._prepare_parcel(parcel) for parcel in self.parcels]
        loose = self._prepare_rows(self.loose)
        weight = get_gross_weight(self.picking, self.parcels)
        coming = self._prepare_coming()
        total = sum(amount for amounts in self.amounts.values() for amount in amounts.values())
        gift_message = "\n".join(filter(None, self.orders.mapped("gift_message")))
        return {
            **head,
            "parcels": parts,
            "coming": coming,
            "pages": self._make_pages(head, parts, loose, coming, gift_message),
            "weight": tell_weight(self.env, weight),
            "tracking": ", ".join(dict.fromkeys(part["tracking"] for part in parts)) or "",
            "gift_message": gift_message,
            "with_prices": self.with_prices,
            "currency": currency.name or "",
            "total": tell_amount(self.env, total, currency) if self.with_prices else "",
        }

    def _make_pages(self, head, parcels, loose, coming, gift_message):
        tables = [(parcel, parcel["rows"]) for parcel in parcels]
        if loose:
            tables.append(({"number": 0}, loose))
        width = WIDTH_WITH_PRICES if self.with_prices else WIDTH
        return make_pages(
            self.picking,
            [(table, rows, [_get_height(row, width) for row in rows]) for table, rows in tables],
            top=get_head_height(head, head["ship_to"], [""] * 6)
            + (get_block_height([gift_message, "", ""], 110) if gift_message else 0.0),
            tail=TAIL + sum(get_row_height(row["name"], 90) for row in coming),
            head=TABLE_HEAD,
        )

    def _prepare_parcel(self, parcel):
        package = parcel.package
        return {
            "number": parcel.number,
            "count": len(self.parcels),
            "name": package.name,
            "sscc": package.sscc or "",
            "box": package.package_type_id.name or "",
            "weight": tell_weight(self.env, parcel.weight),
            "tracking": parcel.tracking_ref,
            "rows": self._prepare_rows(parcel.move_lines),
        }

    def _prepare_rows(self, move_lines):
        """The rows of a parcel; the components of a kit stand below it."""
        rows, kit = [], None
        for item in self.items:
            quantity = item.count(move_lines)
            if not quantity:
                continue
            line = item.line
            if item.is_component and line != kit:
                rows.append(self._prepare_kit(line, move_lines))
            kit = line if item.is_component else None
            rows.append(self._prepare_row(item, quantity, move_lines))
        return rows

    def _prepare_kit(self, line, move_lines):
        return {
            "kind": "kit",
            "sku": line.product_id.default_code or "",
            "name": name_of(line.product_id),
            "ordered": tell_quantity(self.env, line.product_uom_qty),
            "uom": line.product_uom_id.name,
            **self._prepare_price(line, move_lines),
        }

    def _prepare_row(self, item, quantity, move_lines):
        product = item.product
        held = item.move_lines & move_lines
        last = max(item.move_lines.ids, key=self._rank) in held.ids
        price = {} if item.is_component else self._prepare_price(item.line, move_lines)
        return {
            "kind": "component" if item.is_component else "item",
            "sku": product.default_code or "",
            "name": name_of(product),
            "lots": _tell_lots(held, self.env),
            "ordered": tell_quantity(self.env, item.ordered),
            "quantity": tell_quantity(self.env, quantity),
            # Told once, where the last of it lies.
            "open": tell_quantity(self.env, item.open) if item.open and last else "",
            "uom": item.uom.name,
            **price,
        }

    def _rank(self, line_id):
        """Where a line stands on the slip: parcel by parcel, what is in none last."""
        for parcel in self.parcels:
            if line_id in parcel.move_lines.ids:
                return parcel.number, line_id
        return len(self.parcels) + 1, line_id

    def _prepare_price(self, line, move_lines):
        if not self.with_prices or not line:
            return {}
        amount = self.amounts.get(line.id, {}).get(self._get_place(move_lines), 0.0)
        return {
            "price": tell_amount(self.env, line.price_unit, line.currency_id),
            "discount": f"{tell_quantity(self.env, line.discount)} %" if line.discount else "",
            "amount": tell_amount(self.env, amount, line.currency_id),
        }

    def _share_amounts(self):
        """Order line id → the amount that lies in each parcel, by its number; 0: in none."""
        amounts = {}
        for line in self.contents.get_lines(self.picking):
            amount = self.contents.get_amount(self.picking, line, _get_total(line))
            weights = self._get_quantities(line)
            parts = share(amount, list(weights.values()), line.currency_id.decimal_places)
            amounts[line.id] = dict(zip(weights, parts, strict=True))
        return amounts

    def _get_quantities(self, line):
        """How much of a line lies in each place."""
        places = {parcel.number: parcel.move_lines for parcel in self.parcels} | {0: self.loose}
        found = {
            number: sum(item.count(held) for item in self.items if item.line == line)
            for number, held in places.items()
        }
        return {number: quantity for number, quantity in found.items() if quantity}

    def _get_place(self, move_lines):
        return next((p.number for p in self.parcels if p.move_lines == move_lines), 0)

    def _prepare_coming(self):
        """Ordered goods that nothing of is on this transfer and that are still to come."""
        carried = self.contents.get_lines(self.picking)
        rows = []
        for line in self.orders.order_line - carried:
            moves = line.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))
            if moves.filtered(lambda move: not move.origin_returned_move_id):
                rest = line.product_uom_qty - line.qty_delivered
                rows.append(
                    {
                        "sku": line.product_id.default_code or "",
                        "name": name_of(line.product_id),
                        "open": tell_quantity(self.env, max(rest, 0.0)),
                        "uom": line.product_uom_id.name,
                    }
                )
        return rows


def _get_height(row, width):
    lots = ", ".join(lot["name"] for lot in row.get("lots", ()))
    long_number = row["sku"] if len(row["sku"]) > SKU_WIDTH else ""
    return max(
        get_row_height(row["name"], width, lots and f"{LOTS_CAPTION}{lots}", width),
        get_row_height(long_number, SKU_WIDTH),
    )


def _get_total(line):
    """The amount of a line as its price is meant: with tax where the price includes it."""
    included = any(line.tax_ids.mapped("price_include"))
    return line.price_total if included else line.price_subtotal


def _tell_lots(lines, env):
    """Lots and serial numbers, with their quantities where there are several pieces."""
    return [
        {"name": lot.name, "quantity": tell_quantity(env, sum(held.mapped("quantity")))}
        for lot, held in lines.filtered("lot_id").grouped("lot_id").items()
    ]
