from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.base.models.ir_mail_server import MailDeliveryException

from ..common.access import as_service, check_visible, has_role
from ..common.bulk import insert_rows

# A person decides about the other kinds, and the company's mode does not stop them.
AUTOMATIC = ("promise_changed", "delayed", "return_update")
# Messages about the day of delivery: the newest says what the ones before it said.
ABOUT_THE_DAY = ("promise_changed", "delayed")


class OrderNotification(models.Model):
    """What a customer is told about an order: one row a message, sent once, after commit.

    To add a kind: (1) add it to ``kind``, and to ``AUTOMATIC`` when no person decides about it;
    (2) write its mail template, ``data/shipping/order_notification_data.xml``, named
    ``order_notification_template_<kind>``; what it shows are fields of this model; (3) call
    ``sale.order._notify_customers(kind, data)`` where it happens, with a ``key`` that names this
    one message for ever; (4) say in :meth:`_get_obstacle` when it is too late to send it.
    """

    _name = "order.notification"
    _description = "Message to a customer"
    _order = "id desc"
    _rec_name = "subject"

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [
            ("promise_changed", "New delivery date"),
            ("delayed", "Late"),
            ("order_short", "Not all in stock"),
            ("return_update", "Return"),
        ],
        required=True,
        readonly=True,
    )
    key = fields.Char(required=True, readonly=True, help="Names this one message for ever.")
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, ondelete="set null")
    email = fields.Char("Sent to", readonly=True)
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("sent", "Sent"),
            ("failed", "Failed"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="waiting",
        readonly=True,
        index=True,
    )
    sent_at = fields.Datetime(readonly=True)
    error = fields.Char("Why not sent", readonly=True)
    old_date = fields.Date("Told before", readonly=True)
    new_date = fields.Date("New date", readonly=True)
    cause = fields.Char(readonly=True, help="The code of a reason, or the customer's words.")
    reason = fields.Char(compute="_compute_reason", help="What the customer is told.")
    subject = fields.Char(readonly=True)
    body = fields.Text("Message", readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)

    _key_uniq = models.UniqueIndex("(kind, key)")
    _waiting_idx = models.Index("(order_id) WHERE state = 'waiting'")

    @api.depends("kind", "subject")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for message in self:
            message.display_name = message.subject or kinds.get(message.kind)

    @api.depends("cause")
    @api.depends_context("lang")
    def _compute_reason(self):
        """What a customer understands, in the language of the message; no causes of our own."""
        texts = {"supply": self.env._("The goods reach us on another day than planned.")}
        for message in self:
            message.reason = texts.get(message.cause, message.cause)

    # Queueing

    @api.model
    def _queue(self, kind, rows):
        """Store messages to be sent after commit; those whose key is known are left alone.

        :param str kind: one of the kinds
        :param list rows: values of messages, without ``kind``
        :return: the new messages
        """
        replaced = self.browse()
        if kind in ABOUT_THE_DAY:
            replaced = self._find_waiting([row["order_id"] for row in rows])
        told = replaced.sorted("id").grouped(lambda message: message.order_id.id)
        messages = insert_rows(
            self,
            [self._prepare_row(kind, row, told.get(row["order_id"])) for row in rows],
            unless="kind, key",
        )
        replaced.filtered(lambda message: message.order_id in messages.order_id)._cancel(
            self.env._("A newer message says more.")
        )
        messages._enqueue()
        return messages

    def _find_waiting(self, order_ids):
        """What waits to be told about the day of these orders."""
        return self.search(
            [
                ("order_id", "in", order_ids),
                ("state", "=", "waiting"),
                ("kind", "in", ABOUT_THE_DAY),
            ]
        )

    def _prepare_row(self, kind, row, before):
        """One message; what is told of a day goes on from what the customer knows.

        :param before: messages about the day which wait and are replaced by this one
        """
        values = {"kind": kind, **row}
        if before:
            values["old_date"] = before[0].old_date
        old, new = (fields.Date.to_date(values.get(name)) for name in ("old_date", "new_date"))
        if kind == "promise_changed" and old == new:
            values["state"] = "cancelled"
            values["error"] = self.env._("The customer knows this date already.")
        return values

    def _enqueue(self):
        """Hand the waiting ones to the outbox, those without an address aside."""
        waiting = self.filtered(lambda message: message.state == "waiting")
        deaf = waiting.filtered(lambda message: not message.partner_id.email_normalized)
        if deaf:
            deaf.write({"state": "failed", "error": self._tell_no_email()})
        for company, group in (waiting - deaf).grouped("company_id").items():
            self.env["order.outbox"]._queue(
                "notification",
                {message._get_outbox_key(): {"id": message.id} for message in group},
                company,
            )

    def _tell_no_email(self):
        return self.env._("The customer has no e-mail address.")

    def _get_outbox_key(self):
        return f"{self.kind}/{self.key}"

    def _get_effects(self):
        keys = [message._get_outbox_key() for message in self]
        return self.env["order.outbox"].search([("kind", "=", "notification"), ("key", "in", keys)])

    def _cancel(self, reason):
        """Take back what did not leave yet."""
        waiting = self.filtered(lambda message: message.state in ("waiting", "failed"))
        if waiting:
            waiting.write({"state": "cancelled", "error": reason})
            effects = waiting._get_effects().filtered(lambda effect: effect.state != "sent")
            effects.write({"state": "cancelled", "error": reason})

    # Sending

    def _may_leave(self):
        """Whether this message may leave now; notes on it why not."""
        if self.state != "waiting":
            return False
        obstacle = self._get_obstacle()
        if obstacle:
            self.write({"state": "cancelled", "error": obstacle})
        elif not self.partner_id.email_normalized:
            self.write({"state": "failed", "error": self._tell_no_email()})
        return self.state == "waiting"

    def _get_obstacle(self):
        """Why it is too late to tell this, or ``False``."""
        if self.kind not in ABOUT_THE_DAY:
            return False
        if self.order_id.state == "cancel":
            return self.env._("The order was cancelled in the meantime.")
        if self.order_id.delivered_at:
            return self.env._("The order was delivered in the meantime.")
        return False

    def _send(self):
        """Send one message: it stands in the order's chatter, and leaves now or fails."""
        self.ensure_one()
        template = self.env.ref(f"order_management.order_notification_template_{self.kind}")
        lang = self.partner_id.lang or self.company_id.partner_id.lang or self.env.lang
        template = template.with_context(lang=lang)
        subject = template._render_field("subject", self.ids)[self.id]
        body = template._render_field("body_html", self.ids, options={"post_process": True})
        message = self.order_id.with_context(lang=lang).message_post(
            subject=subject,
            body=body[self.id],
            message_type="auto_comment" if self.kind in AUTOMATIC else "comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.partner_id.ids,
            email_layout_xmlid="mail.mail_notification_light",
            force_email_lang=lang,
            notify_skip_followers=True,
            force_send=False,
            **self._prepare_author(),
        )
        self._deliver(message)
        self.write(
            {
                "state": "sent",
                "sent_at": fields.Datetime.now(),
                "email": self.partner_id.email_normalized,
                "subject": subject,
                "error": False,
            }
        )

    def _prepare_author(self):
        """The company writes, or the person who decided about it."""
        company, person = self.company_id, self.create_uid
        if self.kind not in AUTOMATIC and person.email_normalized and person._is_internal():
            return {"author_id": person.partner_id.id, "email_from": person.email_formatted}
        return {
            "author_id": company.partner_id.id,
            "email_from": company.email_formatted or self.env.user.email_formatted,
        }

    def _deliver(self, message):
        """Send the mails of a chatter message at once, so that a failure is ours to repeat."""
        mails = self.env["mail.mail"].search([("mail_message_id", "=", message.id)])
        try:
            mails.send(raise_exception=True)
        except MailDeliveryException as exception:
            reason = ": ".join(str(part) for part in exception.args if part)
            raise UserError(reason) from exception
        failed = mails.exists().filtered(lambda mail: mail.state == "exception")
        if failed:
            raise UserError(failed[0].failure_reason)

    # Buttons

    def action_retry(self):
        """Send what failed once more, for instance after the address was mended."""
        self._ensure_clerk()
        failed = as_service(self).filtered(lambda message: message.state == "failed")
        failed.write({"state": "waiting", "error": False})
        effects = failed._get_effects()
        effects.write({"state": "waiting", "attempts": 0, "next_try_at": fields.Datetime.now()})
        failed._enqueue()
        self.env.ref("order_management.ir_cron_outbox").sudo()._trigger()
        return True

    def action_cancel(self):
        """Do not send what waits."""
        self._ensure_clerk()
        as_service(self)._cancel(self.env._("Taken back by %(name)s.", name=self.env.user.name))
        return True

    def _ensure_clerk(self):
        if not has_role(self.env, "clerk"):
            raise AccessError(self.env._("Your role does not allow to write to customers."))
        check_visible(self)
