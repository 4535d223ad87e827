from odoo import models


class OrderCheckCatalog(models.AbstractModel):
    """The shelf of checks, with a board for each subject.

    To add a check: (1) add its code to ``CODES`` in ``order_check.py``; (2) write
    ``_validate_<code>(self, orders)`` on the board it belongs to (document, customer, price,
    account or goods), returning a :class:`.verdict.Verdict` for each order or line that fails;
    ``self`` is the check, so its parameters are its fields, and ``orders`` are all orders of the
    call in the caller's order, to be looked at with a constant number of queries; (3) add its
    record with sensible parameters in ``data/validation``; (4) add its cases to
    ``tests/test_validation_catalog_<board>.py``.
    """

    _name = "order.check.catalog"
    _inherit = [
        "order.check.document.mixin",
        "order.check.customer.mixin",
        "order.check.price.mixin",
        "order.check.account.mixin",
        "order.check.goods.mixin",
    ]
    _description = "Catalog of checks"
