import inspect

from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ..models.common.access import ROLES as ALLOWED
from .common import ROLES, OrderManagementCase

# Arguments with which a permitted call does no harm; the rest is called without any.
HARMLESS = {
    "order.intake.submit": {"documents": []},
    "order.intake.find": {"external_refs": []},
    "order.finding.release": {"reason": "Test"},
    "order.intake.dismiss": {"reason": "Test"},
    "sale.order.amend_orders": {"changes": []},
    "sale.order.cancel_orders": {"reason": "Test"},
    "product.product.quote_promise": {"lines": [], "warehouse": "WH"},
    "sale.order.record_payment": {"payment": {}},
    "stock.picking.scan": {"barcode": "NONE"},
    "stock.picking.judge_scan": {"barcode": "NONE"},
    "stock.picking.undo_scan": {"request_key": "none"},
    "stock.picking.report_short": {"move_line_id": 0, "quantity": 1, "reason": "Test"},
    "order.print.job.claim": {"station": "ROLES"},
    "order.print.job.failed": {"reason": "Test"},
    "stock.picking.render_documents": {"kinds": []},
    "order.shipment.register": {"shipments": []},
    "order.shipment.void": {"reason": "Test"},
    "order.shipment.confirm_delivery": {"delivered_at": "2026-03-01T10:00:00Z"},
    "order.shipment.record_events": {"events": []},
    "order.return.request": {"requests": []},
    "order.return.look_up": {"code": "NONE"},
    "order.slotting.swap.reject": {"reason": "Test"},
    "order.return.refuse": {"reason": "Test"},
    "order.return.cancel": {"reason": "Test"},
    "order.return.receive": {"lines": []},
    "order.return.waive_goods": {"reason": "Test"},
    "order.forecast.run": {"product_ids": []},
    "order.reorder.proposal.reject": {"reason": "Test"},
    "stock.warehouse.orderpoint.simulate_levels": {"candidates": []},
    "stock.warehouse.orderpoint.try_levels": {"candidates": []},
}

# Refused as no desk's channel, which is no matter of rights.
QUICK = {
    "search_customers": {"channel": "ROLES", "text": "x"},
    "get_customer": {"channel": "ROLES", "partner_id": 1},
    "search_products": {"channel": "ROLES", "text": "x"},
    "quote": {"channel": "ROLES", "entry": {}},
    "save": {"channel": "ROLES", "external_ref": "X", "entry": {}},
    "get_order": {"order_id": False},
}

# Who reads core's documents, with or without a role of ours.
READERS = {
    "sales_team.group_sale_salesman_all_leads": ["sale.order", "stock.picking"],
    "stock.group_stock_user": ["sale.order", "stock.picking"],
    "account.group_account_invoice": ["sale.order", "stock.picking"],
    "purchase.group_purchase_user": ["stock.picking"],
    **{f"order_management.group_{role}": ["sale.order", "stock.picking"] for role in ROLES},
}


@tagged("post_install", "-at_install")
class TestCommonRoles(OrderManagementCase):
    """Every public method of ours, called as every role, a portal user and another company's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other company"})
        cls.stranger = new_test_user(
            cls.env,
            login="om_stranger",
            groups="order_management.group_manager,order_management.group_integration",
            company_id=cls.other.id,
            company_ids=[Command.set(cls.other.ids)],
        )
        cls.portal = new_test_user(cls.env, login="om_portal", groups="base.group_portal")
        cls.nobody = new_test_user(cls.env, login="om_nobody", groups="base.group_user")
        cls.channel = cls.env["order.channel"].create({"name": "Shop", "code": "ROLES"})
        cls.source = cls.env["order.tracking.source"].create({"name": "Carrier", "code": "ROLES"})
        cls.documents = cls._build_documents()

    @classmethod
    def _create_batch(cls):
        order = cls._create_order()
        order.action_confirm()
        return cls.env["stock.picking.batch"].create({"picking_ids": order.picking_ids.ids})

    @classmethod
    def _build_documents(cls):
        """One record of each model that methods are called on."""
        order = cls._create_order()
        order.action_confirm()
        picking = order.picking_ids
        picking.move_ids.picked = True
        package = picking.move_line_ids.action_put_in_pack(package_name="OM-ROLES")
        held = cls._create_order([(cls.product, 1, 1.0)])
        held._run_checks()
        cls.sold = cls._create_order()
        cls.sold.action_confirm()
        cls.sold.picking_ids.button_validate()
        request = cls.as_role("order.return", "returns").request(
            [
                {
                    "order_id": cls.sold.id,
                    "external_ref": "ROLES",
                    "lines": [
                        {
                            "line_id": cls.sold.order_line.id,
                            "quantity": 1,
                            "reason": "changed_mind",
                        }
                    ],
                }
            ]
        )
        intake = cls.as_role("order.intake", "integration").submit("ROLES", [{"external_ref": "X"}])
        job = cls.as_role(order, "clerk").process_orders(background=True)
        rule = cls.env["stock.warehouse.orderpoint"].create(
            {"product_id": cls.product.id, "location_id": cls.warehouse.lot_stock_id.id}
        )
        (proposed,) = cls.as_role(rule, "manager").propose_levels()
        advice = cls.env["order.slotting.advice"].create(
            {
                "warehouse_id": cls.warehouse.id,
                "company_id": cls.company.id,
                "at": "2026-03-01 10:00:00",
                "swap_ids": [
                    Command.create(
                        {
                            "warehouse_id": cls.warehouse.id,
                            "company_id": cls.company.id,
                            "product_id": cls.product.id,
                            "location_id": cls.warehouse.lot_stock_id.id,
                            "location_dest_id": cls.warehouse.lot_stock_id.id,
                        }
                    )
                ],
            }
        )
        station = cls.env["order.print.station"].create({"name": "Table", "code": "ROLES"})
        printing = cls.env["order.print.job"]._queue(station, [cls._prepare_test_print()])
        return {
            "order.print.job": printing,
            "order.reorder.proposal": cls.env["order.reorder.proposal"].browse(
                proposed["proposal_id"]
            ),
            "sale.order": order,
            "stock.picking": picking,
            "stock.picking.batch": cls._create_batch(),
            "stock.package": package
            if isinstance(package, models.BaseModel)
            else picking.move_line_ids.result_package_id,
            "order.finding": held.finding_ids,
            "order.check": cls.env["order.check"].create(
                {"name": "Ours", "code": "empty_order", "company_ids": cls.company.ids}
            ),
            "order.shipment": cls.env["order.shipment"].search(
                [("order_ids", "in", cls.sold.ids)], limit=1
            ),
            "order.return": cls.env["order.return"].browse(request[0]["return_id"]),
            "order.intake": cls.env["order.intake"].browse(intake[0]["intake_id"]),
            "order.job": cls.env["order.job"].browse(job["job_id"]),
            "stock.warehouse.orderpoint": rule,
            "order.slotting.swap": advice.swap_ids,
        }

    @classmethod
    def _prepare_test_print(cls):
        return {"key": "roles", "kind": "test_label", "name": "ROLES", "res_ids": []}

    def _published(self):
        """``model.method`` → is it a model method, for all that is published."""
        found = {}
        for name, model in self.env.registry.items():
            for method_name, method in inspect.getmembers(model, inspect.isfunction):
                # A mixin's methods are published on the models that wear it; others stand alone.
                is_called = not model._abstract or f"{name}.{method_name}" in ALLOWED
                if getattr(method, "_order_public", False) and is_called:
                    found[f"{name}.{method_name}"] = getattr(method, "_api_model", False)
        return found

    def _call(self, name, user, on_model, arguments=None):
        model, method = name.rsplit(".", 1)
        target = self.env[model].with_user(user)
        if not on_model:
            target = target.browse(self.documents[model].ids)
        return getattr(target, method)(**(arguments or {}))

    def _is_refused(self, name, user, on_model, arguments=None):
        """Whether the call ends in an access error; everything it did is undone."""
        try:
            with self.env.cr.savepoint() as savepoint:
                try:
                    self._call(name, user, on_model, arguments)
                finally:
                    savepoint.rollback()
        except AccessError:
            return True
        except (TypeError, UserError):
            return False
        return False

    def test_the_table_lists_what_is_published(self):
        self.assertEqual(sorted(self._published()), sorted(ALLOWED))

    def test_roles_may_call_what_the_table_says_and_nothing_else(self):
        """Refusals come before arguments are looked at: these calls carry none that fit."""
        for name, on_model in self._published().items():
            for role in ROLES:
                allowed = role == "manager" or role in ALLOWED[name]
                if name == "order.finding.release" and role in ("clerk", "picker", "returns"):
                    continue  # it depends on the check's group as well
                if name == "order.job.get_result" and role not in ("clerk", "manager", "auditor"):
                    continue  # only one's own jobs
                with self.subTest(f"{name} as {role}"):
                    refused = self._is_refused(
                        name, self.users[role], on_model, self._harmless(name)
                    )
                    self.assertEqual(refused, not allowed)

    def _harmless(self, name):
        arguments = dict(HARMLESS.get(name, {}))
        if name in ("order.intake.submit", "order.intake.find"):
            arguments["channel"] = "ROLES"
        if name.startswith("order.quick.entry.") and not name.endswith("get_channels"):
            arguments.update(QUICK[name.rsplit(".", 1)[1]])
        if name == "order.shipment.record_events":
            arguments["source"] = "ROLES"
        if name == "order.decision.explain":
            arguments.update(model="sale.order", res_id=self.documents["sale.order"].id)
        if name == "order.return.quote":
            arguments.update(order_id=self.sold.id, lines=[])
        return arguments

    def test_portal_users_and_plain_employees_may_call_nothing(self):
        for name, on_model in self._published().items():
            for user in (self.portal, self.nobody):
                with self.subTest(f"{name} as {user.login}"):
                    self.assertTrue(self._is_refused(name, user, on_model, {}))

    def test_a_refusal_is_core_s_access_error(self):
        """Remote callers tell refusals by the name of the exception's class."""
        for call in (
            lambda: self._call("order.intake.find", self.stranger, True, {
                "channel": "ROLES", "external_refs": ["X"],
            }),
            lambda: self._call("sale.order.get_status", self.stranger, False),
            lambda: self._call("sale.order.get_status", self.nobody, False),
        ):  # fmt: skip
            with self.assertRaises(AccessError) as caught:
                call()
            self.assertIs(type(caught.exception), AccessError)

    def test_core_s_users_read_all_our_fields(self):
        """``search_read`` without fields reads all that the caller may see."""
        sold = {"sale.order": self.sold, "stock.picking": self.sold.picking_ids[:1]}
        for group, models_read in READERS.items():
            reader = new_test_user(self.env, login=f"om_{group}", groups=group)
            for model in models_read:
                with self.subTest(f"{model} as {group}"):
                    record = sold[model].with_user(reader)
                    ours = [
                        name
                        for name in record.fields_get()
                        if record._fields[name]._module == "order_management"
                    ]
                    self.assertEqual(record.read(ours)[0]["id"], record.id)

    def test_every_role_reads_channels_whole(self):
        for role in ROLES:
            with self.subTest(role):
                channel = self.as_role(self.channel, role)
                self.assertEqual(channel.search_read([("code", "=", "ROLES")])[0]["name"], "Shop")

    def test_another_company_s_manager_reaches_no_record(self):
        """A foreign record answers exactly as a missing one."""
        for name, on_model in self._published().items():
            if on_model:
                continue
            with self.subTest(name):
                arguments = self._harmless(name)
                self.assertTrue(self._is_refused(name, self.stranger, False, arguments))
                model, method = name.rsplit(".", 1)
                messages = []
                for ids in (self.documents[model].ids[:1], [2**30]):
                    with self.assertRaises(AccessError) as caught:
                        target = self.env[model].with_user(self.stranger).browse(ids)
                        getattr(target, method)(**arguments)
                    messages.append(str(caught.exception))
                self.assertEqual(*messages)

    def test_another_company_s_manager_reaches_nothing_by_argument(self):
        order, picking = self.sold, self.documents["stock.picking"]
        line = {"line_id": order.order_line.id, "quantity": 1, "reason": "changed_mind"}
        missing = 2**30
        cases = [
            ("order.intake.submit", {"channel": "ROLES", "documents": []}, {"channel": "NONE"}),
            ("order.intake.find", {"channel": "ROLES", "external_refs": ["X"]}, {"channel": "NO"}),
            ("order.return.quote", {"order_id": order.id, "lines": [line]}, {"order_id": missing}),
            (
                "order.return.request",
                {"requests": [{"order_id": order.id, "external_ref": "S", "lines": [line]}]},
                {"requests": [{"order_id": missing, "external_ref": "S", "lines": [line]}]},
            ),
            (
                "order.shipment.register",
                {"shipments": [{"picking_id": picking.id, "tracking_ref": "T"}]},
                {"shipments": [{"picking_id": missing, "tracking_ref": "T"}]},
            ),
            (
                "order.shipment.record_events",
                {"source": "ROLES", "events": []},
                {"source": "NONE"},
            ),
            (
                "order.decision.explain",
                {"model": "sale.order", "res_id": order.id},
                {"res_id": missing},
            ),
        ]
        for name, foreign, change in cases:
            with self.subTest(name):
                messages = []
                for arguments in (foreign, {**foreign, **change}):
                    with self.assertRaises(AccessError) as caught:
                        self._call(name, self.stranger, True, arguments)
                    messages.append(str(caught.exception))
                for value in ("ROLES", "NONE", "NO", str(order.id), str(picking.id), str(missing)):
                    messages = [message.replace(value, "…") for message in messages]
                self.assertEqual(*messages)

    def test_core_s_own_users_read_core_s_documents_whole(self):
        """People without a role of ours keep their screens: every field can be read."""
        self.sold.invoice_orders()
        documents = {
            "sales_team.group_sale_salesman_all_leads": self.sold | self.documents["sale.order"],
            "stock.group_stock_user": self.sold.picking_ids | self.documents["stock.picking"],
            "account.group_account_invoice": self.sold.invoice_ids,
        }
        for group, records in documents.items():
            user = new_test_user(self.env, login=f"core_{group}", groups=group)
            with self.subTest(group):
                self._read_our_fields(records.with_user(user))

    def _read_our_fields(self, records):
        """Read what we added to a document and to its lines, partner and products."""
        related = [
            records[name]
            for name in ("order_line", "move_ids", "move_line_ids", "line_ids", "partner_id")
            if name in records._fields
        ]
        for part in (records, *related):
            ours = [
                name
                for name, field in part._fields.items()
                if "order_management" in (field._modules or ())
                and part._has_field_access(field, "read")
            ]
            if ours:  # no name at all would read every field
                part.read(ours)

    def test_mixins_hide_nothing_of_core(self):
        """A mixin stands behind core: a name that core has would never run."""
        wrong = []
        for name in ("sale.order", "sale.order.line", "stock.picking", "stock.package"):
            model = self.env.registry[name]
            ours = [base for base in model.__mro__ if "order_management" in base.__module__]
            core = [
                base
                for base in model.__mro__
                if base.__module__.startswith("odoo.addons.") and base not in ours
            ]
            for base in ours:
                if not getattr(base, "_name", "").startswith("order."):
                    continue
                for attribute in vars(base):
                    if attribute.startswith("__") or attribute in MODEL_ATTRIBUTES:
                        continue
                    wrong += [
                        (name, attribute, other.__module__)
                        for other in core
                        if attribute in vars(other)
                    ]
        self.assertEqual(wrong, [])


MODEL_ATTRIBUTES = {
    "_abstract",
    "_description",
    "_field_definitions",
    "_inherit",
    "_inherits",
    "_module",
    "_name",
    "_original_module",
    "_register",
    "_table_object_definitions",
    "_auto",
    "_log_access",
    "_rec_name",
    "_order",
    "_parent_name",
    "_transient",
}
