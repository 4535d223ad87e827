import logging

from psycopg2 import OperationalError

from odoo import models
from odoo.exceptions import LockError

from .common.chatter import is_quiet

_logger = logging.getLogger(__name__)


class StockPicking(models.Model):
    """Joint: the rooms meet on the transfer.

    Services that rooms offer each other on a transfer:
    ``_create_shipments()``, ``_get_shipment_ids()``, ``_find_by_tracking()`` (shipping),
    ``_get_sale_orders()`` (here), ``_queue_papers()``, ``_render_papers()``,
    ``_needs_commercial_invoice()`` (fulfillment).
    """

    _name = "stock.picking"
    _inherit = [
        "stock.picking",
        "order.scanning.mixin",
        "order.scan.judge.mixin",
        "order.short.pick.mixin",
        "order.packing.mixin",
        "order.parcel.plan.mixin",
        "order.parcel.follow.mixin",
        "order.parcel.alarm.mixin",
        "order.paper.mixin",
        "order.dispatch.mixin",
        "order.tour.mixin",
        "order.tour.picture.mixin",
        "order.pick.list.mixin",
        "order.printing.mixin",
        "order.claim.transfer.mixin",
        "order.picked.mixin",
        "order.station.mixin",
        "order.station.live.mixin",
        "order.slotting.transfer.mixin",
        "order.shipment.source.mixin",
        "order.return.receipt.mixin",
    ]

    def action_assign(self):
        """Many transfers are reserved together."""
        wanted = len(self) > 1 and all(self.company_id.mapped("use_order_management"))
        with self.env["stock.move"]._reserving_together(wanted):
            result = super().action_assign()
        self._get_sale_orders()._advance_stage()
        return result

    def message_post_with_source(self, source_ref, **kwargs):
        """Transfers of orders confirmed without chatter don't tell where they come from."""
        if is_quiet(self.env):
            return self.env["mail.message"]
        return super().message_post_with_source(source_ref, **kwargs)

    def action_cancel(self):
        """Swaps of places whose transfers are cancelled are open again."""
        result = super().action_cancel()
        self._note_swaps()
        return result

    def _attach_sign(self):
        """A signature is kept though the signed slip cannot be made."""
        try:
            with self.env.cr.savepoint():
                return super()._attach_sign()
        except (OperationalError, LockError):
            raise
        except Exception as exception:
            _logger.info("The signed slip of %s could not be made: %s", self.name, exception)
        self._note_lost_pdf()
        return True

    def _action_done(self):
        managed = self.filtered("company_id.use_order_management")
        short_lines = managed.filtered(lambda picking: picking._is_pick())._count_short_lines()
        result = super()._action_done()
        self._after_done(short_lines)
        return result

    def _after_done(self, short_lines):
        """Let every room see what has left or come back."""
        done = self.filtered(lambda picking: picking.state == "done")
        done._note_picks(short_lines)
        done._create_shipments()
        returned = done._note_received_returns()
        done._note_swaps()
        done._after_shipped()
        done.filtered("company_id.use_order_management")._tell_station("done")
        for picking in done.filtered(lambda picking: picking.picking_type_code == "outgoing"):
            picking._get_sale_orders()._invoice_at("shipment", f"transfer/{picking.id}")
        orders = self._get_sale_orders()
        orders.filtered("use_order_management").order_line._trim_short()
        (orders | returned)._advance_stage()

    def _get_sale_orders(self):
        """The orders these transfers serve; a merged transfer serves several."""
        return self.sudo().move_ids.sale_line_id.order_id
