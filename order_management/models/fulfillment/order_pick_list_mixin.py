from odoo import models
from odoo.exceptions import UserError

from ..common.access import as_service
from .paper_pages import BAR_CODE, SMALL_LINE, TABLE_HEAD, get_row_height, make_pages
from .paper_values import draw_bars

LARGER, FLOOR_HEAD = 5.0, 50.0  # heights: a place in large letters, the name of a floor


class OrderPickListMixin(models.AbstractModel):
    """Work with a list of what to pick, in the order in which people walk to it."""

    _name = "order.pick.list.mixin"
    _description = "Work with a pick list"

    def action_print_pick_list(self):
        """Button: the pick list as PDF, in tour order."""
        self.check_access("write")  # the order of the lines is kept
        if not self._get_tour_lines():
            raise UserError(self.env._("Nothing is reserved that could be picked."))
        as_service(self)._plan_tours()
        name = f"order_management.{self._name.replace('.', '_')}_report_pick_list"
        return self.env.ref(name).report_action(self)

    def action_view_pick_list(self):
        """Button: the pick list on the screen, in tour order."""
        self.check_access("write")  # the order of the lines is kept
        as_service(self)._plan_tours()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_management.order_pick_list_action"
        )
        pickings = self._get_cart()
        waiting = [
            ("picking_id", "in", pickings.ids),
            ("state", "not in", ("done", "cancel")),
            ("quantity", ">", 0),
        ]
        name = self.env._("Pick list of %(name)s", name=", ".join(self.mapped("name")))
        return {**action, "name": name, "domain": waiting}

    def _get_pick_list(self):
        """What the printed pick list shows.

        :return dict: ``floors``: of each its name and its stops in walking order; ``length``;
            ``carts``: transfer → its place on the cart; ``bars``: its name as bar code;
            ``pages``: of each page the parts of the floors on it
        """
        self.ensure_one()
        plan, book = as_service(self)._find_tours()[self.id]
        carts = {picking: place for place, picking in enumerate(self._get_cart(), 1)}
        floors = [
            {"name": book.floor_of(leg.floor).name, "stops": _number(leg.lines, done=0)}
            for leg in plan.legs
        ]
        for before, after in zip(floors, floors[1:], strict=False):
            after["stops"] = _number([stop["line"] for stop in after["stops"]], _last(before))
        if plan.unplaced:
            done = _last(floors[-1]) if floors else 0
            floors.append({"name": False, "stops": _number(plan.unplaced, done)})
        return {
            "floors": floors,
            "length": plan.length,
            "carts": carts,
            "bars": draw_bars(self.name),
            "pages": self._get_pick_pages(floors),
        }

    def _get_pick_pages(self, floors):
        tables = [
            (floor["name"], floor["stops"], [_get_height(stop["line"]) for stop in floor["stops"]])
            for floor in floors
        ]
        head = TABLE_HEAD + (FLOOR_HEAD if len(floors) > 1 else 0.0)
        return make_pages(self, tables, top=BAR_CODE, head=head)

    def _get_cart(self):
        """The transfers that are picked together, in the order of their places on the cart."""
        return self.picking_ids if "picking_ids" in self._fields else self


def _get_height(line):
    """The height of a stop: a large place over its path, or the product over lot and package."""
    extra = bool(line.lot_id) + bool(line.package_id)
    name = get_row_height(line.product_id.display_name, 52) + extra * SMALL_LINE
    place = get_row_height(line.location_id.name, 18, line.location_id.location_id.display_name, 26)
    return max(name, place + LARGER)


def _number(lines, done):
    return [{"rank": rank, "line": line} for rank, line in enumerate(lines, done + 1)]


def _last(floor):
    return floor["stops"][-1]["rank"] if floor["stops"] else 0
