from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..common.access import as_service, public
from ..common.results import Arguments, error, error_of, row
from ..common.set_runner import run_set
from .slotting_sql import read_pending, read_stock

TOLD = 3  # refusals that are told after a button


class OrderSlottingMoveMixin(models.AbstractModel):
    """Swaps that become transfers, or are rejected."""

    _name = "order.slotting.move.mixin"
    _description = "Swap that is decided on"

    @public
    def move(self):
        """Make the internal transfers by which these products change places, and reserve them.

        One transfer a swap, both directions on it: all that lies there is moved. The transfers
        are done like any other; with them the swap is done.

        :return: one item per swap: ``swap_id``, ``state``, ``picking_id``, ``replayed``; refused
            with ``not_possible`` are those that were rejected or have expired, where other
            goods lie than when it was proposed, where some are reserved or on their way, that a
            storage category does not allow, or whose place another swap of the call uses
        :raises AccessError: the caller is no manager, or may not see a swap
        """
        swaps = as_service(self)
        self.env["order.lock"].sudo()._acquire("slotting", swaps.warehouse_id.ids)
        replayed = swaps.filtered(lambda swap: swap.state == "done" or swap._get_transfer())
        errors = (swaps - replayed)._find_obstacles()
        good = (swaps - replayed).filtered(lambda swap: swap not in errors)
        for swap, exception in run_set(good, type(good)._create_transfers, "Moving goods"):
            errors[swap] = error_of(exception)
        return [swap._as_move_row(errors.get(swap), swap in replayed) for swap in swaps]

    @public
    def reject(self, reason=None):
        """Leave goods where they are, and say why; not proposed again for 90 days.

        :param str reason: why, for the record
        :return: one item per swap, as of ``move``; without a reason all are refused with
            ``reason_required``, those that are moved or have expired with ``not_possible``
        :raises AccessError: the caller is no manager, or may not see a swap
        :raises ValidationError: the reason is no text
        """
        reason = (Arguments(self.env).value(reason, "text", "reason") or "").strip()
        swaps, errors = as_service(self), {}
        replayed = swaps.filtered(lambda swap: swap.state == "rejected")
        for swap in swaps - replayed:
            if not reason:
                message = self.env._("Say why it is rejected.")
                errors[swap] = error("reason_required", message, "reason")
            elif swap.state != "proposed":
                errors[swap] = error("not_possible", swap._tell_state())
        good = (swaps - replayed).filtered(lambda swap: swap not in errors)
        good.write({**self._prepare_decision("rejected"), "reject_reason": reason})
        return [swap._as_move_row(errors.get(swap), swap in replayed) for swap in swaps]

    def _prepare_decision(self, state):
        return {
            "state": state,
            "decided_by_id": self.env.uid,
            "decided_at": fields.Datetime.now(),
        }

    def _as_move_row(self, refused, is_replayed):
        return row(
            [refused] if refused else [],
            swap_id=self.id,
            state=self.state,
            picking_id=self._get_transfer().id,
            replayed=is_replayed,
        )

    def _get_transfer(self):
        """The transfer by which it is moved, unless that was cancelled; copies do not count."""
        live = self.picking_ids.filtered(lambda picking: picking.state not in ("draft", "cancel"))
        return live.sorted("id")[:1]

    def _tell_state(self):
        if self.state == "rejected":
            return self.env._("It was rejected: %(reason)s", reason=self.reject_reason)
        if self.state == "expired":
            return self.env._("It was replaced by newer advice.")
        return self.env._("Its goods are moved already.")

    # What stands against it

    def _find_obstacles(self):
        """Why swaps cannot be moved now.

        :return dict: swap → entry of ``errors``
        """
        if not self:
            return {}
        places = self.location_id | self.location_dest_id
        stock, pending = {}, {}
        for location, product, quantity, reserved, _weight, is_foreign in read_stock(
            self.env, places.ids
        ):
            stock.setdefault(location, {})[product] = (quantity, reserved, is_foreign)
        for location, product, name in read_pending(self.env, places.ids):
            pending.setdefault(location, []).append((product, name))
        found, used = {}, set()
        for swap in self:
            slots = {swap.location_id, swap.location_dest_id}
            message = swap._find_obstacle(stock, pending)
            if not message and slots & used:
                message = self.env._(
                    "Another swap uses the same place: do that one first, then advise anew."
                )
            if message:
                found[swap] = error("not_possible", message)
            else:
                used |= slots
        return found

    def _find_obstacle(self, stock, pending):
        if self.state != "proposed":
            return self._tell_state()
        wanted = (
            (self.location_id, self.product_id),
            (self.location_dest_id, self.other_product_id),
        )
        for location, product in wanted:
            message = self._find_change(location, product, stock.get(location.id, {}))
            message = message or self._find_pending(location, pending.get(location.id))
            if message:
                return message
        moved = stock[self.location_id.id][self.product_id.id][0]
        message = self._find_lack_of_room(self.location_dest_id, self.product_id, moved)
        if not message and self.other_product_id:
            other = stock[self.location_dest_id.id][self.other_product_id.id][0]
            message = self._find_lack_of_room(self.location_id, self.other_product_id, other)
        return message

    def _find_change(self, location, product, inside):
        """Whether other goods lie in a place than when the swap was proposed."""
        place = location.display_name
        if not location.active or location.is_fixed_place:
            return self.env._("%(place)s is to stay as it is.", place=place)
        if set(inside) != set(product.ids) or any(part[0] <= 0 for part in inside.values()):
            if not product:
                return self.env._("%(place)s is no longer empty: advise anew.", place=place)
            return self.env._(
                "In %(place)s there is no longer %(product)s alone: advise anew.",
                place=place,
                product=product.display_name,
            )
        if any(is_foreign for _quantity, _reserved, is_foreign in inside.values()):
            return self.env._("In %(place)s are goods of another owner.", place=place)
        return ""

    def _find_pending(self, location, lines):
        """Whether goods of a place are reserved, or on their way to it."""
        if not lines:
            return ""
        names = list(dict.fromkeys(name for _product, name in lines))
        product = self.env["product.product"].browse(lines[0][0])
        return self.env._(
            "%(product)s in %(place)s is wanted by %(transfers)s: do that first, or unreserve it.",
            product=product.display_name,
            place=location.display_name,
            transfers=", ".join(names[:TOLD]) + ("…" if len(names) > TOLD else ""),
        )

    def _find_lack_of_room(self, location, product, quantity):
        """Whether the storage category of a place forbids so much of a product."""
        category = location.storage_category_id
        if not category:
            return ""
        capacity = category.product_capacity_ids.filtered(lambda one: one.product_id == product)
        weight = product.weight * quantity
        told = {
            "place": location.display_name,
            "quantity": f"{quantity:g}",
            "product": product.display_name,
        }
        if capacity and quantity > capacity.quantity:
            return self.env._(
                "%(place)s holds %(most)s of %(product)s, not %(quantity)s: move fewer by hand.",
                **told,
                most=f"{capacity.quantity:g}",
            )
        if weight > category.max_weight:
            return self.env._(
                "%(place)s carries %(most)s kg; %(quantity)s of %(product)s weigh %(weight)s kg.",
                **told,
                most=f"{category.max_weight:g}",
                weight=f"{weight:g}",
            )
        return ""

    # Transfers

    def _create_transfers(self):
        """Make, confirm and reserve one transfer a swap."""
        quantities = {
            (location, product): quantity
            for location, product, quantity, *_rest in read_stock(
                self.env, (self.location_id | self.location_dest_id).ids
            )
        }
        pickings = self.env["stock.picking"].create(
            [swap._prepare_transfer(quantities) for swap in self]
        )
        pickings.action_confirm()
        pickings.action_assign()
        for swap, picking in zip(self, pickings, strict=True):
            swap._check_transfer(picking)
        for line in pickings.move_line_ids.filtered("package_id"):
            line.result_package_id = line.package_id
        self.write(self._prepare_decision("moving"))

    def _prepare_transfer(self, quantities):
        kind, stock = self.warehouse_id.int_type_id, self.warehouse_id.lot_stock_id
        ways = [(self.product_id, self.location_id, self.location_dest_id)]
        if self.other_product_id:
            ways.append((self.other_product_id, self.location_dest_id, self.location_id))
        return {
            "picking_type_id": kind.id,
            "location_id": stock.id,
            "location_dest_id": stock.id,
            "company_id": self.company_id.id,
            "origin": self.env._("Slotting"),
            "slotting_swap_id": self.id,
            "move_ids": [
                Command.create(
                    {
                        "product_id": product.id,
                        "product_uom": product.uom_id.id,
                        "product_uom_qty": quantities[here.id, product.id],
                        "location_id": here.id,
                        "location_dest_id": there.id,
                        "company_id": self.company_id.id,
                        "picking_type_id": kind.id,
                        "warehouse_id": self.warehouse_id.id,
                    }
                )
                for product, here, there in ways
            ],
        }

    def _check_transfer(self, picking):
        """Refuse a transfer of which core reserved less, or takes it elsewhere."""
        for move in picking.move_ids:
            if move.state != "assigned":
                raise UserError(
                    self.env._(
                        "%(product)s in %(place)s cannot be reserved: somebody else took it.",
                        product=move.product_id.display_name,
                        place=move.location_id.display_name,
                    )
                )
            if move.move_line_ids.location_dest_id != move.location_dest_id:
                move.move_line_ids.location_dest_id = move.location_dest_id

    # Screens

    def action_advise(self):
        """Advise on all warehouses anew, in the background.

        :raises AccessError: the caller is no manager
        """
        self.env["order.slotting.advice"].advise(background=True)
        message = self.env._("What was picked is being looked at; look again in a minute.")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "info", "message": message},
        }

    def action_move(self):
        """Move the products, and tell how it went."""
        return self._tell_moves(self.move(), self.env._("ready to be moved"))

    def action_reject(self):
        """Ask for the reason of a rejection."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reject swaps"),
            "res_model": "order.slotting.reject",
            "view_mode": "form",
            "target": "new",
            "context": {"default_swap_ids": self.ids},
        }

    def _tell_moves(self, rows, verb):
        """Say how many were decided on, and why the first of the others were not."""
        refused = [one for one in rows if not one["ok"]]
        message = self.env._("%(count)s %(verb)s", count=len(rows) - len(refused), verb=verb)
        for one in refused[:TOLD]:
            message += f". {one['errors'][0]['message'].rstrip('.')}"
        if len(refused) > TOLD:
            message += self.env._(" and %s more", len(refused) - TOLD)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if refused else "success",
                "sticky": bool(refused),
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
