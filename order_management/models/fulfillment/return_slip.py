"""The return slip: what customers lay into the parcel when they send goods back."""

from string import ascii_uppercase

from .delivery_contents import DeliveryContents
from .paper_pages import get_head_height, get_row_height, make_pages
from .paper_values import name_of, prepare_head, tell_quantity

WIDTH = 44  # characters a line of the product
TICKS, TAIL = 4.0, 215.0


def prepare_return_slips(pickings):
    """Transfer id → what its return slip shows, as texts in the language of ``pickings``."""
    contents = DeliveryContents(pickings)
    terms = pickings._get_sale_orders()._get_return_terms()
    return {picking.id: _prepare_slip(picking, contents, terms) for picking in pickings}


def _prepare_slip(picking, contents, terms):
    orders = contents.get_orders(picking)
    own = [terms[order.id] for order in orders]
    days = {line: days for term in own for line, days in term["days"].items()}
    rows = _prepare_rows(picking, contents, days)
    windows = {row["days"] for row in rows if row["days"]}
    for row in rows:
        row["note"] = row["days"] is False or bool(row["days"] and len(windows) > 1)
    head = prepare_head(picking, contents)
    heights = [_get_height(row) for row in rows]
    top = get_head_height(head, own[0]["address"], [""] * 8)
    return {
        **head,
        "pages": make_pages(picking, [("goods", rows, heights)], top, TAIL),
        "days": max(windows, default=0),
        "same_days": len(windows) == 1,
        "reasons": [
            {"letter": letter, "name": reason["name"]}
            for letter, reason in zip(ascii_uppercase, own[0]["reasons"], strict=False)
        ],
        "address": own[0]["address"],
        # The gift's receiver is not shown what the buyer paid.
        "url": "" if any(orders.mapped("gift_message")) else own[0]["url"],
    }


def _prepare_rows(picking, contents, days):
    """What was ordered: kits come back whole."""
    rows, seen = [], set()
    for item in contents.get_items(picking):
        line = item.line
        if line.id in seen or not line:
            continue
        seen.add(line.id)
        product = line.product_id
        rows.append(
            {
                "sku": product.default_code or "",
                "name": name_of(product),
                "quantity": "" if item.is_component else tell_quantity(picking.env, item.now),
                "uom": line.product_uom_id.name,
                "days": days.get(line.id),
                "lots": ", ".join(item.move_lines.lot_id.mapped("name")),
            }
        )
    return rows


def _get_height(row):
    notes = "\n".join(filter(None, (row["lots"], row["note"] and "days")))
    return TICKS + get_row_height(row["name"], WIDTH, notes)
