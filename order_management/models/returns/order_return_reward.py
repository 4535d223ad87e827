from odoo import fields, models
from odoo.tools import format_amount

KINDS = [
    ("payment", "Back on the card"),
    ("spent", "Points given back"),
    ("earned", "Points taken back"),
    ("bought", "Card emptied"),
    ("credit", "Put on the wallet"),
]


class OrderReturnReward(models.Model):
    """What a return does to a loyalty card, gift card or wallet of its customer.

    Until the settlement it is what would be done; ``is_settled`` says that it was. The card is
    kept by its id, as its model is there only with the loyalty module.
    """

    _name = "order.return.reward"
    _inherit = ["order.return.reward.entry.mixin"]
    _description = "Points, gift card or wallet of a return"
    _order = "return_id, id"

    return_id = fields.Many2one(
        "order.return", required=True, readonly=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(KINDS, required=True, readonly=True)
    name = fields.Char("Program", required=True, readonly=True)
    card_key = fields.Integer("Card", readonly=True, index=True, help="Id of the card, once known.")
    points = fields.Float(digits=(16, 2), readonly=True, help="Negative: taken off the card.")
    unit = fields.Char(readonly=True, help="What the points are called.")
    missing = fields.Float(
        digits=(16, 2), readonly=True, help="What should be taken off and is not on the card."
    )
    amount = fields.Monetary(
        readonly=True, help="What of the refund goes on the card, in the order's currency."
    )
    is_settled = fields.Boolean("Done", readonly=True)
    note_id = fields.Many2one(
        "account.move", "Credit note", readonly=True, index="btree_not_null", ondelete="set null"
    )
    entry_id = fields.Many2one(
        "account.move", "Wallet entry", readonly=True, ondelete="restrict",
        help="The entry that owes on the wallet what the credit note owed.",
    )  # fmt: skip
    company_id = fields.Many2one(related="return_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="return_id.currency_id")

    def _get_by_card(self):
        """These by card, without those whose card was deleted: card → rewards."""
        if not self:
            return {}
        by_key = self.grouped("card_key")
        cards = self.env["loyalty.card"].browse(by_key).exists()
        return {card: by_key[card.id] for card in cards}

    def _prepare_row(self):
        return prepare_reward_row({name: self[name] for name in ROW_KEYS})

    def _tell(self):
        """What is done, for the customer; empty where nothing is."""
        return tell_reward(self.env, self._prepare_row(), self.currency_id)

    def _prepare_history_vals(self, sign, text):
        """The line of the card's history that says what was done, or undone."""
        points = sign * self.points
        return {
            "card_id": self.card_key,
            "description": text,
            "issued": max(points, 0.0),
            "used": max(-points, 0.0),
            "order_model": "sale.order",
            "order_id": self.return_id.order_id.id,
        }


ROW_KEYS = ("kind", "name", "points", "unit", "missing", "amount")


def prepare_reward_row(vals):
    """One item of the answers' ``rewards``."""
    return {key: vals[key] for key in ROW_KEYS}


def tell_reward(env, row, currency):
    """What an item of ``rewards`` does, in words; empty where it does nothing."""
    values = {
        "name": row["name"],
        "points": f"{abs(row['points']):g} {row['unit'] or ''}".strip(),
        "amount": format_amount(env, row["amount"], currency),
    }
    texts = {
        "payment": env._("Back on “%(name)s”: %(amount)s.", **values),
        "credit": env._("Of this on “%(name)s”: %(amount)s.", **values),
        "spent": env._("Given back on “%(name)s”: %(points)s.", **values),
        "earned": env._("Taken off “%(name)s”: %(points)s.", **values),
    }
    return texts.get(row["kind"], "") if row["points"] else ""
