"""What stands on the labels of products, lots, places and totes.

One function a model: records and options → contents of ``tools.labels``, in the records' order.
To label records of another model, write such a function and add it to ``LABELLED``.
"""

from odoo.tools import format_amount, format_date

from ...tools.labels import (
    CommandSheet,
    LotLabel,
    PlaceLabel,
    ProductLabel,
    ToteLabel,
    symbols,
)
from ...tools.station_commands import COMMANDS
from ..common.optional import has_field
from ..common.zones import day_of, zone_of
from .order_label_line_mixin import LOT_DATES, get_lot_elements, is_element


def label_products(products, options):
    """:param dict options: ``with_price``: whether the sales price is shown"""
    currency = products.env.company.currency_id
    return [
        ProductLabel(
            name=_name_of(product),
            sku=product.default_code or "",
            barcode=product.barcode or "",
            price=format_amount(product.env, product.lst_price, currency)
            if options.get("with_price")
            else "",
        )
        for product in products
    ]


def label_lots(lots, options):
    zone = zone_of(lots.env["stock.warehouse"], lots.env.company)
    return [_label_lot(lot, zone) for lot in lots]


def label_places(locations, options):
    """:param dict options: ``arrow``: ``up`` or ``down``, where the place lies"""
    return [
        PlaceLabel(
            name=location.name,
            path=location.location_id.complete_name or "",
            barcode=location.barcode or "",
            arrow=options.get("arrow") or "",
        )
        for location in locations
    ]


def label_totes(packages, options):
    company = packages.env.company
    return [
        ToteLabel(
            name=package.name,
            kind=package.package_type_id.name or "",
            owner=(package.company_id or company).name,
        )
        for package in packages
    ]


def label_commands(env, paper="a4"):
    """The command sheet of the station, in the user's language."""
    texts = {
        "done": (env._("Done"), env._("All is picked and packed: the transfer is closed.")),
        "pack": (env._("Pack"), env._("What is picked is closed as one parcel.")),
        "short": (env._("Short"), env._("The place holds less than it should.")),
        "undo": (env._("Undo"), env._("The last scan is taken back.")),
        "next": (env._("Next"), env._("On to the next stop, or to the next work.")),
        "help": (env._("Help"), env._("Somebody is called.")),
    }
    commands = tuple((code, *texts[command]) for code, command in COMMANDS.items())
    return CommandSheet(env._("Commands of the station"), commands, paper)


LABELLED = {
    "product.product": label_products,
    "stock.lot": label_lots,
    "stock.location": label_places,
    "stock.package": label_totes,
}


def _label_lot(lot, zone):
    product = lot.product_id
    elements = []
    if symbols.is_gtin(product.barcode or ""):
        dates, names = get_lot_elements(lot, zone)
        elements = [("01", product.barcode.zfill(14)), *dates, *filter(is_element, names)]
    return LotLabel(
        name=_name_of(product),
        sku=product.default_code or "",
        lot=lot.name or "",
        expiry=_tell_dates(lot, zone),
        elements=tuple(elements) if elements and elements[-1][0] in ("10", "21") else (),
    )


def _tell_dates(lot, zone):
    captions = {
        "use_date": lot.env._("Best before"),
        "expiration_date": lot.env._("Use by"),
    }
    for name in LOT_DATES:
        if has_field(lot.env, "stock.lot", name) and lot[name]:
            return f"{captions[name]} {format_date(lot.env, day_of(lot[name], zone))}"
    return ""


def _name_of(product):
    """The name with what tells the variant from others, without the number."""
    return product.with_context(display_default_code=False).display_name
