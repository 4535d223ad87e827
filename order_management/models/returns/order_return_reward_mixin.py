from odoo import Command, fields, models
from odoo.exceptions import UserError

from ..common.optional import has_model
from .order_return_reward import prepare_reward_row


class OrderReturnRewardMixin(models.AbstractModel):
    """A return with what it does to the points, gift cards and wallet of the customer.

    The balances change at the settlement, once, with a line in each card's own history; a return
    that is open again has changed nothing.
    """

    _name = "order.return.reward.mixin"
    _description = "Return with points and cards"

    reward_ids = fields.One2many(
        "order.return.reward", "return_id", "Points and cards", copy=False, readonly=True
    )

    def _judge(self, order, asked, requested_on, book=None):
        """Beside the refund: what becomes of the points and cards."""
        judged = super()._judge(order, asked, requested_on, book)
        book = judged["book"]
        rewards = book.price_rewards(order, judged["policy"], judged["lowering"])
        judged["rewards"] = rewards + self._quote_wallet(order, judged)
        return judged

    def _prepare_quote(self, order, judged):
        rewards = [prepare_reward_row(one) for one in judged["rewards"]]
        return {**super()._prepare_quote(order, judged), "rewards": rewards}

    def _prepare_return_vals(self, plan):
        vals = super()._prepare_return_vals(plan)
        commands = [Command.create(one) for one in plan["judged"]["rewards"]]
        return {**vals, "reward_ids": commands}

    def _write_rewards(self, book, lowering, is_settled=False):
        """Reckon anew what becomes of points and cards.

        :param lowering: shares of discounts that lower the refund
        """
        if not has_model(self.env, "loyalty.card"):
            return
        rewards = book.price_rewards(self.order_id, self.policy_id, lowering)
        if not is_settled:
            rewards += self._estimate_wallet()
        known = self.reward_ids.filtered(lambda one: not one.is_settled)
        commands = [Command.delete(one.id) for one in known]
        commands += [Command.create(one) for one in rewards]
        if commands:
            self.write({"reward_ids": commands})

    def _apply_rewards(self):
        """Change the balances of the cards, as told before."""
        rows = self.reward_ids.filtered(lambda one: one.kind != "credit" and not one.is_settled)
        self._change_cards(rows, 1)
        for one in rows.filtered("missing").return_id:
            one._append_events("return_points_missing", one._tell_missing())

    def _undo_rewards(self, rows):
        """Change the balances back, exactly; refused when that is not on the card any more."""
        rows = rows.filtered("is_settled")
        for card, own in rows._get_by_card().items():
            lacking = sum(own.mapped("points")) - card.points
            if lacking > 0.005:
                raise UserError(
                    self.env._(
                        "%(name)s put %(points)s on “%(program)s”, and it was spent since: "
                        "%(lacking)s are missing there. Correct the balance of the card first.",
                        name=", ".join(own.return_id.mapped("name")),
                        points=f"{sum(own.mapped('points')):g}",
                        program=own[0].name,
                        lacking=f"{lacking:.2f}",
                    )
                )
        self._change_cards(rows, -1)

    def _change_cards(self, rows, sign):
        """Add the points of ``rows`` to their cards, or take them off again."""
        texts = {1: self.env._("Return %(name)s"), -1: self.env._("Return %(name)s is open again")}
        history = []
        for card, own in rows.filtered("points")._get_by_card().items():
            points = card.points + sign * sum(own.mapped("points"))
            card.with_context(loyalty_no_mail=True).points = round(points, 2)
            for row in own:
                text = texts[sign] % {"name": row.return_id.name}
                history.append(row._prepare_history_vals(sign, text))
        if history:
            self.env["loyalty.history"].create(history)
        rows.is_settled = sign > 0

    def _get_card_total(self):
        """What goes back on cards that paid; it comes on top of the refund."""
        return sum(self.reward_ids.filtered(lambda one: one.kind == "payment").mapped("amount"))

    def _tell_rewards(self, state):
        """What customers are told of their cards, in one text or none."""
        if state not in ("approved", "settled") or not has_model(self.env, "loyalty.card"):
            return []
        texts = [row._tell() for row in self.reward_ids.filtered(lambda row: row.kind != "bought")]
        return ["\n".join(dict.fromkeys(filter(None, texts)))] if any(texts) else []

    def _tell_missing(self):
        rows = self.reward_ids.filtered("missing")
        return self.env._(
            "Not on the card any more and not taken back: %(points)s.",
            points=", ".join(f"{row.missing:g} {row.unit or ''} ({row.name})" for row in rows),
        )

    def _prepare_reward_rows(self):
        """The items of the answers; what goes on one wallet by several credit notes is one."""
        if not has_model(self.env, "loyalty.card"):
            return []
        merged = {}
        for row in (one._prepare_row() for one in self.reward_ids):
            known = merged.setdefault((row["kind"], row["name"]), row)
            if known is not row:
                for key in ("points", "missing", "amount"):
                    known[key] = round(known[key] + row[key], 2)
        return list(merged.values())
