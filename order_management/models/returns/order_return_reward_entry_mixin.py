from odoo import Command, models


class OrderReturnRewardEntryMixin(models.AbstractModel):
    """The entry by which credit goes on a wallet."""

    _name = "order.return.reward.entry.mixin"
    _description = "Credit on a wallet"

    def _prepare_entry_vals(self, journals):
        """Owed to the customer no more by the credit note, but on the wallet.

        :param dict journals: company → where its entries are booked
        """
        note, program = self.note_id, self._get_program()
        receivable = note.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and line.amount_residual
        )
        balance = -sum(receivable.mapped("amount_residual"))
        amount = -sum(receivable.mapped("amount_residual_currency"))
        account = get_wallet_account(program, self.company_id, note.fiscal_position_id)
        shared = {
            "name": self.env._("%(name)s: on the wallet", name=self.return_id.name),
            "partner_id": note.commercial_partner_id.id,
            "currency_id": note.currency_id.id,
        }
        return {
            "move_type": "entry",
            "journal_id": journals[self.company_id].id,
            "company_id": self.company_id.id,
            "date": note.date,
            "ref": f"{self.return_id.name}, {note.name}",
            "line_ids": [
                Command.create(
                    {
                        **shared,
                        "account_id": receivable.account_id[:1].id,
                        "balance": balance,
                        "amount_currency": amount,
                    }
                ),
                Command.create(
                    {
                        **shared,
                        "account_id": account.id,
                        "balance": -balance,
                        "amount_currency": -amount,
                    }
                ),
            ],
        }

    def _get_program(self):
        return self.env["loyalty.card"].browse(self.card_key).program_id

    def _join_entries(self):
        """Set each credit note off against its entry, so that neither is open."""
        for row in self.filtered(lambda row: row.note_id.state == "posted"):
            lines = (row.note_id | row.entry_id).line_ids.filtered(
                lambda line: line.account_type == "asset_receivable" and not line.reconciled
            )
            if len(lines.move_id) == 2:
                lines.reconcile()


def get_wallet_account(program, company, fiscal_position=None):
    """The account on which the wallet's top-ups are booked, else the one it is spent from."""
    product = program.trigger_product_ids[:1] or program.payment_program_discount_product_id
    template = product.with_company(company).product_tmpl_id
    return template.get_product_accounts(fiscal_position)["income"]
