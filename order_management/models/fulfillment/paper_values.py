"""What all papers of a transfer show: addresses, bars and numbers as text."""

from markupsafe import Markup

from odoo import fields
from odoo.tools import format_date, formatLang

from ...tools.labels import bars, code_128
from ..common.zones import day_of, zone_of
from .order_label_mixin import address_lines

QUANTITY_DIGITS = 3


def prepare_head(picking, contents):
    """Who sends what to whom, by which orders.

    :param picking: in the language of the paper
    :param contents: the :class:`DeliveryContents` it belongs to
    """
    orders = contents.get_orders(picking)
    warehouse = picking.picking_type_id.warehouse_id
    references = filter(None, orders.mapped("client_order_ref"))
    numbers = orders.mapped("name") or [picking.origin or picking.name]
    return {
        "name": picking.name,
        "day": format_date(picking.env, get_day(picking)),
        "numbers": [{"name": number, "bars": draw_bars(number)} for number in numbers],
        "ordered_on": ", ".join(
            format_date(picking.env, day_of(order.date_order, zone_of(warehouse, order.company_id)))
            for order in orders
        ),
        "reference": ", ".join(references),
        "ship_to": address_lines(get_ship_to(picking)),
        "ship_from": address_lines(warehouse.partner_id or picking.company_id.partner_id),
        "carrier": picking.carrier_id.name or "",
        "weight_unit": contents.weight_unit,
    }


def get_day(picking):
    """The day on which the goods leave, where they leave."""
    zone = zone_of(picking.picking_type_id.warehouse_id, picking.company_id)
    return day_of(picking.date_done or fields.Datetime.now(), zone)


def get_ship_to(picking):
    return picking.partner_id or picking._get_sale_orders().partner_shipping_id[:1]


def draw_bars(text):
    """The text as bars, empty where Code 128 cannot hold it."""
    return Markup(bars.to_svg(text)) if code_128.can_hold(text) else ""


def name_of(product):
    """The name with what tells the variant from others, without the number."""
    return product.with_context(display_default_code=False).display_name


def tell_quantity(env, quantity):
    """A quantity without needless zeros."""
    digits = next(
        (places for places in range(QUANTITY_DIGITS) if _is_exact(quantity, places)),
        QUANTITY_DIGITS,
    )
    return formatLang(env, quantity, digits=digits)


def tell_weight(env, weight):
    return formatLang(env, weight, digits=2) if weight else ""


def tell_amount(env, amount, currency):
    """An amount without its currency, which stands at the head of the column."""
    return formatLang(env, amount, digits=currency.decimal_places)


def _is_exact(value, places):
    return abs(round(value, places) - value) < 10**-QUANTITY_DIGITS / 2
