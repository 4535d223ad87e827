import base64
import re
import uuid
from io import BytesIO

from PIL import Image

from odoo import http
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged

from .label_reader import read_pdf
from .returns_common import ReturnCase


@freeze_time("2026-03-10 09:00:00")
@tagged("post_install", "-at_install", "om_full")
class TestReturnsPortal(HttpCase, ReturnCase):
    """Customers ask for returns by themselves, and see before what they will get back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyer = cls._create_customer("Erika Muster", email="erika@example.com")
        cls.user = new_test_user(
            cls.env, login="om_returner", groups="base.group_portal", partner_id=cls.buyer.id
        )
        cls.stranger = new_test_user(cls.env, login="om_stranger", groups="base.group_portal")
        cls.order = cls._create_sold(customer=cls.buyer)
        cls.line = cls.order.order_line
        cls.reason = cls.reasons["changed_mind"]

    def setUp(self):
        super().setUp()
        self.authenticate("om_returner", "om_returner")

    def _url(self, suffix="/return", order=None, token=None):
        order = order or self.order
        return f"/my/orders/{order.id}{suffix}" + (f"?access_token={token}" if token else "")

    def _post(self, values=None, order=None, files=None, token=None, **more):
        line = (order or self.order).order_line
        data = {
            "csrf_token": http.Request.csrf_token(self),
            "step": "estimate",
            f"quantity_{line.id}": "1",
            f"reason_{line.id}": str(self.reason.id),
            "resolution": "refund",
            **(values or {}),
            **more,
        }
        return self.url_open(
            self._url(order=order, token=token), data=data, files=files, allow_redirects=False
        )

    def _send(self, page=None, **values):
        page = page or self._post().text
        hidden = dict(re.findall(r'name="(key|expected)" value="([^"]+)"', page))
        return self._post(step="send", **{**hidden, **values})

    def _get_returns(self):
        self.order.invalidate_recordset()
        return self.order.return_ids

    def _picture(self, kind="PNG"):
        picture = BytesIO()
        Image.new("RGB", (20, 10), "red").save(picture, kind)
        return picture.getvalue()

    def test_estimate_is_what_is_refunded(self):
        """What was shown before is promised and, once the goods are here, paid."""
        page = self.url_open(self._url("")).text
        self.assertIn(self._url("/return"), page)
        page = self.url_open(self._url()).text
        self.assertIn(f'name="quantity_{self.line.id}"', page)
        self.assertIn(f'for="reason_{self.line.id}"', page)
        estimate = self._post().text
        self.assertRegex(estimate, r"o_return_total[^>]*>[^<]*(<[^>]+>)*[^<]*36\.72")
        self.assertFalse(self._get_returns(), "nothing is written by looking")
        answer = self._send(estimate, note="Too blue", files=None)
        self.assertEqual(answer.status_code, 303)
        found = self._get_returns()
        self.assertEqual(
            (found.state, found.refund_total, found.note), ("approved", 36.72, "Too blue")
        )
        self.assertIn(f"/returns/{found.id}", answer.headers["Location"])
        again = self._send(estimate)
        self.assertEqual(again.headers["Location"], answer.headers["Location"])
        self.assertEqual(self._get_returns(), found, "sent twice, made once")
        page = self.url_open(self._url(f"/returns/{found.id}")).text
        self.assertIn("please send it back", page)
        self.assertIn("36.72", page)
        self._receive(found)
        self._settle(found)
        self.assertEqual(found.credit_note_ids.amount_total, 36.72)
        page = self.url_open(self._url(f"/returns/{found.id}")).text
        self.assertNotIn("/label", page)

    def test_what_is_not_theirs_or_too_much(self):
        """G20: foreign lines, negative and huge quantities are refused; nothing is written."""
        other = self._create_sold(customer=self._create_customer("Somebody"))
        foreign = other.order_line
        mine = f"quantity_{self.line.id}"
        cases = [
            (
                {f"quantity_{foreign.id}": "1", f"reason_{foreign.id}": str(self.reason.id)},
                "cannot be",
            ),
            ({mine: "-1"}, "from 0 to 3"),
            ({mine: "3.5"}, "from 0 to 3"),
            ({mine: "1e9"}, "from 0 to 3"),
            ({mine: "nan"}, "from 0 to 3"),
            ({mine: "x"}, "from 0 to 3"),
            ({mine: "0"}, "Please choose what"),
            ({f"reason_{self.line.id}": "0"}, "tell us why"),
            ({"resolution": "exchange"}, "how you want it settled"),
        ]
        for values, message in cases:
            with self.subTest(values=values):
                for step in ("estimate", "send"):
                    page = self._post(values, step=step, key=str(uuid.uuid4())).text
                    self.assertIn(message, page)
        self.assertIn("send it again", self._send(key="../x").text)
        self.assertIn("has changed", self._send(expected="99.000000").text)
        answer = self._post(order=other)
        self.assertEqual((answer.status_code, answer.headers["Location"][-3:]), (303, "/my"))
        self.assertFalse((self.order | other).return_ids)
        self.authenticate("om_stranger", "om_stranger")
        for suffix in ("/return", "/returns/1", "/returns/1/label"):
            answer = self.url_open(self._url(suffix), allow_redirects=False)
            self.assertTrue(answer.headers["Location"].endswith("/my"))

    def test_photos(self):
        """Pictures are made anew and belong to the return; other files are refused."""
        page = self._post().text
        files = [("photos", ("a.jpg", b"<svg/>", "image/jpeg"))]
        self.assertIn("no picture", self._send(page, files=files).text)
        many = [("photos", (f"{n}.png", self._picture(), "image/png")) for n in range(7)]
        self.assertIn("at most 6", self._send(page, files=many).text)
        self.assertFalse(self._get_returns())
        self._send(page, files=many[:2])
        found = self._get_returns()
        photos = found._get_photos()
        self.assertEqual(photos.mapped("mimetype"), ["image/jpeg"] * 2)
        self.assertTrue(all(photo.raw[:2] == b"\xff\xd8" for photo in photos))
        link = self._url(f"/returns/{found.id}/photo/{photos[0].id}")
        self.assertEqual(self.url_open(link).content, photos[0].raw)
        foreign = self.env["ir.attachment"].create({"name": "x", "raw": b"x"})
        link = self._url(f"/returns/{found.id}/photo/{foreign.id}")
        self.assertEqual(self.url_open(link).status_code, 404)

    def test_link_of_the_order_label_and_withdrawing(self):
        """The link of the order suffices; the label bears the number; asking back frees it."""
        self.authenticate(None, None)
        token = self.order._portal_ensure_token()
        self._send(self._post(token=token).text, token=token)
        found = self._get_returns()
        path = f"/returns/{found.id}"
        label = self.url_open(self._url(f"{path}/label", token=token))
        self.assertEqual(label.headers["Content-Type"], "application/pdf")
        self.assertIn(found.name, [data for _kind, data in read_pdf(label.content)[0]])
        self.assertTrue(
            self.url_open(self._url(f"{path}/label"), allow_redirects=False).is_redirect
        )
        answer = self.as_role(found, "returns").get_label("zpl")[0]
        self.assertIn(b"^XA", base64.b64decode(answer["content"]))
        data = {"csrf_token": http.Request.csrf_token(self)}
        self.url_open(self._url(f"{path}/withdraw", token=token), data=data)
        found.invalidate_recordset()
        self.assertEqual(found.state, "cancelled")
        refused = self.as_role(found, "returns").get_label()[0]
        self.assertEqual((refused["ok"], refused["errors"][0]["code"]), (False, "not_possible"))

    def test_list_of_returns(self):
        """The customer's own returns, nobody else's."""
        found = self._return(self.order)
        other = self._return(self._create_sold(customer=self._create_customer("Somebody")))
        page = self.url_open("/my/returns").text
        self.assertIn(found.name, page)
        self.assertNotIn(other.name, page)
        self.assertIn("/my/returns", self.url_open("/my/home").text)

    def test_slip(self):
        """What is to come back, with the number of the return as bar code."""
        found = self._return(self.order)
        html = self.env["ir.actions.report"]._render_qweb_html(
            "order_management.order_return_report_slip", found.ids
        )[0]
        self.assertIn(found.name, html.decode())
        self.assertIn("SHIRT", html.decode())

    def test_messages(self):
        """One message a step, whatever the number of lines; a repeat tells nothing."""
        first = self._return(self.order)
        self._receive(first)
        self._settle(first)
        self._settle(first)
        refused = self._request(self.order, 1, requested_on="2026-05-01")
        messages = self.order.notification_ids.filtered(lambda one: one.kind == "return_update")
        self.assertEqual(
            messages.sorted("id").mapped("key"),
            [
                f"return/{first.id}/approved",
                f"return/{first.id}/settled",
                f"return/{refused['return_id']}/refused",
            ],
        )
        self.assertIn("36.72", messages.sorted("id")[1].body)
        self.assertIn("label", messages.sorted("id")[0].body)

    def test_what_never_came_is_looked_at(self):
        """Nobody is paid for missing goods by saying so; at the desk somebody has looked."""
        missing = self.reasons["missing"]
        page = self._post({f"reason_{self.line.id}": str(missing.id)}).text
        self.assertIn("We find out what became of it", page)
        self._send(page, **{f"reason_{self.line.id}": str(missing.id)})
        found = self._get_returns()
        self.assertEqual((found.state, found.line_ids.decision_code), ("review", "unseen"))
        slip = self.env["order.decision"].search(
            [("model", "=", "order.return"), ("res_id", "=", found.id)]
        )
        self.assertEqual(slip._replay(), [True])
        asked = self._ask(self.order, 1, "missing", kind="claim")
        quote = self.as_role("order.return", "clerk").quote(self.order.id, [asked])
        self.assertEqual(quote["lines"][0]["decision"], "accept")

    def test_one_message_for_one_number(self):
        """Several orders that come back together: the customer is told once, of the whole sum."""
        other = self._create_sold(customer=self.buyer)
        asked = [
            {"order_id": order.id, "lines": [self._ask(order)], "requested_on": "2026-03-10"}
            for order in (self.order, other)
        ]
        answers = self.as_role("order.return", "returns").request(asked, together=True)
        number = answers[0]["number"]
        messages = (self.order | other).notification_ids
        message = messages.filtered(lambda one: one.kind == "return_update")
        self.assertEqual(len(message), 1)
        self.assertIn(number, message.body)
        self.assertIn("73.44", message.body)
