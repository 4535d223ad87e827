from odoo import fields, models

from ..common.optional import has_model
from .credit_book import find_journals
from .order_return_reward_entry_mixin import get_wallet_account

WALLET = "ewallet"


class OrderReturnWalletMixin(models.AbstractModel):
    """Credit that goes on the customer's wallet.

    What a credit note owes is moved to the account on which the wallet's own top-ups are booked,
    so that the credit note is settled and the wallet can be spent like any other. Where that
    can't be done the credit note stays open, and a slip says why.
    """

    _name = "order.return.wallet.mixin"
    _description = "Return whose credit goes on a wallet"

    def _quote_wallet(self, order, judged):
        """What would go on the wallet, as values of a reward."""
        lines = [line for line in judged["lines"] if line["decision"] != "refuse"]
        parts = [(line["resolution"], line["gross"] - line["fee"]) for line in lines]
        return self._prepare_wallet_rows(order, parts, judged["extra_total"])

    def _estimate_wallet(self):
        lines = self.line_ids.filtered(lambda line: line.decision != "refuse")
        parts = [(line.resolution, line.refund) for line in lines]
        return self._prepare_wallet_rows(self.order_id, parts, self._get_extra_total())

    def _prepare_wallet_rows(self, order, parts, extra_total):
        """Of ``parts``, (resolution, refund); the rest goes with the first of them.

        What is kept back beyond what the first bear is kept back of the others.
        """
        amount = sum(refund for resolution, refund in parts if resolution == "credit")
        if parts and parts[0][0] == "credit":
            amount += extra_total
        total = sum(refund for _resolution, refund in parts) + extra_total
        amount = order.return_currency_id.round(min(amount, total))
        if amount <= 0 or not has_model(self.env, "loyalty.program"):
            return []
        programs = self._read_wallets(order.company_id)
        program, reason = self._find_wallet(order, order.invoice_ids, programs)
        return [] if reason else [_prepare_credit_row(program, amount)]

    def _read_wallets(self, companies):
        """The programs of wallets of these companies, and those of all."""
        domain = [("program_type", "=", WALLET), ("company_id", "in", [*companies.ids, False])]
        return self.env["loyalty.program"].search(domain)

    def _find_wallet(self, order, invoices, programs):
        """The one of ``programs`` that takes credit of ``order``, or why there is none.

        :return tuple: the program, and the code of a reason or ``""``
        """
        company = order.company_id
        own = programs.filtered(lambda one: one.company_id == company)
        program = own or programs.filtered(lambda one: not one.company_id)
        if len(program) != 1:
            return program[:0], "several_wallets" if program else "no_wallet"
        if program.currency_id != order.return_currency_id:
            return program, "other_currency"
        billed = invoices.filtered(lambda move: move.move_type == "out_invoice")
        if any(move.state == "posted" and move.amount_residual for move in billed):
            return program, "not_paid"
        if not get_wallet_account(program, company):
            return program, "no_account"
        return program, ""

    def _fill_wallets(self, pairs):
        """Put what credit notes owe on the customers' wallets.

        :param list pairs: (return, credit note) of those that are to be credited
        """
        if not pairs or not has_model(self.env, "loyalty.program"):
            return
        programs = self._read_wallets(self.company_id)
        found = [
            (one, note, *one._find_wallet(one.order_id, note.reversed_entry_id, programs))
            for one, note in pairs
        ]
        slips = [one._prepare_wallet_slip(*values) for one, *values in found]
        good = [
            (one, note, program)
            for one, note, program, reason in found
            if not reason and note.amount_residual
        ]
        cards = self._get_wallets(
            {(program, one.order_id.partner_id) for one, _note, program in good}
        )
        vals_list = [
            {
                **_prepare_credit_row(
                    program, note.amount_residual, cards[program, one.order_id.partner_id].id
                ),
                "return_id": one.id,
                "note_id": note.id,
            }
            for one, note, program in good
        ]
        self.env["order.decision"]._record(slips)
        rows = self.env["order.return.reward"].create(vals_list)
        journals = find_journals(rows.company_id, "general")
        entries = self.env["account.move"].create(
            [row._prepare_entry_vals(journals) for row in rows]
        )
        entries._post(soft=False)
        for row, entry in zip(rows, entries, strict=True):
            row.entry_id = entry
        rows._join_entries()
        self._change_cards(rows, 1)

    def _prepare_wallet_slip(self, note, program, reason):
        return {
            "model": "order.return",
            "res_id": self.id,
            "decision": "return.credit",
            "outcome": "open" if reason else "wallet",
            "inputs": {"reason": reason, "note": note.name, "amount": note.amount_residual},
            "flip": self._tell_no_wallet(program).get(reason, False),
            "company_id": self.company_id.id,
        }

    def _tell_no_wallet(self, program):
        return {
            "no_wallet": self.env._("An eWallet program of the company."),
            "several_wallets": self.env._("One eWallet program alone."),
            "other_currency": self.env._(
                "An eWallet program in %(name)s.", name=self.currency_id.name
            ),
            "not_paid": self.env._("The invoice paid before."),
            "no_account": self.env._(
                "An income account on the product that tops “%(name)s” up.", name=program.name
            ),
        }

    def _get_wallets(self, owners):
        """The wallet of each owner, (program, customer); a new one where there is none."""
        Card = self.env["loyalty.card"].with_context(loyalty_no_mail=True)
        domain = [
            ("program_id", "in", [program.id for program, _partner in owners]),
            ("partner_id", "in", [partner.id for _program, partner in owners]),
            ("expiration_date", "=", False),
        ]
        cards = {}
        for card in Card.search(domain, order="points, id desc"):
            cards[card.program_id, card.partner_id] = card
        new = [owner for owner in owners if owner not in cards]
        created = Card.create(
            [
                {"program_id": program.id, "partner_id": partner.id, "points": 0.0}
                for program, partner in new
            ]
        )
        return cards | dict(zip(new, created, strict=True))

    def _drain_wallets(self, notes):
        """Take off the wallets again what lost credit notes had put there."""
        rows = self.reward_ids.filtered(lambda row: row.kind == "credit" and row.note_id in notes)
        if not rows:
            return
        self._undo_rewards(rows)
        day = fields.Date.context_today(self)
        entries = rows.entry_id
        entries._reverse_moves([{"date": day} for _entry in entries], cancel=True)
        rows.write({"note_id": False, "entry_id": False})


def _prepare_credit_row(program, amount, card_key=0):
    return {
        "kind": "credit",
        "card_key": card_key,
        "name": program.name,
        "unit": program.portal_point_name,
        "points": amount,
        "missing": 0.0,
        "amount": amount,
    }
