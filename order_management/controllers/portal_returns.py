import math
import uuid

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request
from odoo.tools import image

from odoo.addons.portal.controllers.portal import CustomerPortal, pager

NEVER_ARRIVED = "missing"  # code of the reason
MAX_PHOTOS = 6
MAX_PHOTO_BYTES = 8 * 1024 * 1024
PHOTO_SIZE = (1920, 1920)  # pixels kept at most
JPEG = b"\xff\xd8"  # how such a file begins
MAX_NOTE = 2000
PAGE = 20


class ReturnPortal(CustomerPortal):
    """Customers ask for returns, see what they will get back, and follow them.

    Whoever may see an order on the portal may ask for its goods to be returned. Two pages without
    any script: what and why, then the estimate with photos; the request is made once, however
    often it is sent.
    """

    # What and why

    @http.route(
        "/my/orders/<int:order_id>/return",
        type="http",
        auth="public",
        website=True,
        methods=["GET", "POST"],
        sitemap=False,
    )
    def portal_return_ask(self, order_id, access_token=None, **posted):
        """Choose what comes back; then the estimate; then send."""
        order = self._find_order(order_id, access_token)
        if not order:
            return request.redirect("/my")
        if posted.get("step") == "send" and (known := order._find_sent_return(posted.get("key"))):
            return request.redirect(self._get_url(order, known.id, "message=sent"))
        offer = order._get_return_offer()
        if request.httprequest.method != "POST" or posted.get("step") == "back":
            return self._render_ask(order, offer, posted)
        asked, errors = self._read_asked(order, offer, posted)
        if errors:
            return self._render_ask(order, offer, posted, errors)
        quote = order._quote_return(asked)
        if not quote["ok"]:
            errors = {"": " ".join(entry["message"] for entry in quote["errors"])}
            return self._render_ask(order, offer, posted, errors)
        if posted.get("step") != "send":
            return self._render_estimate(order, asked, quote, posted)
        return self._send(order, asked, quote, posted)

    def _send(self, order, asked, quote, posted):
        key = posted.get("key") or ""
        note = (posted.get("note") or "").strip()
        photos, errors = self._read_photos(request.httprequest.files.getlist("photos"))
        if len(note) > MAX_NOTE:
            errors["note"] = request.env._("Please use at most %s characters.", MAX_NOTE)
        if not _is_key(key):
            errors[""] = request.env._("Please send it again.")
        elif posted.get("expected") != _sum_of(quote):
            errors[""] = request.env._("The estimate has changed. Please look at it once more.")
        if errors:
            return self._render_estimate(order, asked, quote, posted, errors)
        answer = order._request_return(asked, note, key, photos)
        if not answer["ok"]:
            errors = {"": " ".join(entry["message"] for entry in answer["errors"])}
            return self._render_estimate(order, asked, quote, posted, errors)
        return request.redirect(self._get_url(order, answer["return_id"], "message=sent"))

    # Following it

    @http.route(
        "/my/orders/<int:order_id>/returns/<int:return_id>",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
    )
    def portal_return_page(self, order_id, return_id, access_token=None, message=None, **_rest):
        """One return: where it stands, what to do, what is refunded."""
        order, found = self._find_return(order_id, return_id, access_token)
        if not found:
            return request.redirect("/my")
        values = {
            "sale_order": order,
            "order_return": found,
            "standing": found._get_portal_state(),
            "photos": found._get_photos(),
            "page_name": "order_return",
            "message": message,
            "link": lambda suffix="": self._get_url(order, f"{found.id}{suffix}"),
        }
        return request.render("order_management.portal_return_page", values)

    @http.route(
        "/my/orders/<int:order_id>/returns/<int:return_id>/<any(label,slip):paper>",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
    )
    def portal_return_paper(self, order_id, return_id, paper, access_token=None, **_rest):
        """The label for the parcel, or the slip that goes into it, as PDF."""
        _order, found = self._find_return(order_id, return_id, access_token)
        if not found or not found._is_awaited():
            return request.redirect("/my")
        if paper == "label":
            content, kind = found._render_return_label(), "pdf"
        else:
            content, kind = found._render_return_slip()
        name = f"{found.name.replace('/', '-')} {paper}.{kind}"
        types = {"pdf": "application/pdf", "html": "text/html; charset=utf-8"}
        headers = [("Content-Type", types[kind]), ("Content-Length", len(content))]
        if kind == "pdf":
            headers.append(("Content-Disposition", http.content_disposition(name)))
        return request.make_response(content, headers)

    @http.route(
        "/my/orders/<int:order_id>/returns/<int:return_id>/photo/<int:photo_id>",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
    )
    def portal_return_photo(self, order_id, return_id, photo_id, access_token=None, **_rest):
        """One of the photos that belong to this return."""
        _order, found = self._find_return(order_id, return_id, access_token)
        photo = found and found._get_photos().filtered(lambda one: one.id == photo_id)
        if not photo:
            return request.not_found()
        headers = [
            ("Content-Type", photo.mimetype),
            ("Content-Security-Policy", "default-src 'none'"),
        ]
        return request.make_response(photo.raw, headers)

    @http.route(
        "/my/orders/<int:order_id>/returns/<int:return_id>/withdraw",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def portal_return_withdraw(self, order_id, return_id, access_token=None, **_rest):
        """The customer takes the request back before anything was received."""
        order, found = self._find_return(order_id, return_id, access_token)
        if not found:
            return request.redirect("/my")
        if found._may_be_withdrawn():
            found._withdraw()
        return request.redirect(self._get_url(order, found.id))

    @http.route(
        ["/my/returns", "/my/returns/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        sitemap=False,
    )
    def portal_my_returns(self, page=1, **_rest):
        """All returns of the customer, the newest first."""
        returns = request.env["order.return"].sudo()
        domain = self._prepare_returns_domain()
        pages = pager(url="/my/returns", total=returns.search_count(domain), page=page, step=PAGE)
        values = {
            **self._prepare_portal_layout_values(),
            "returns": returns.search(domain, limit=PAGE, offset=pages["offset"]),
            "pager": pages,
            "page_name": "order_returns",
            "default_url": "/my/returns",
        }
        return request.render("order_management.portal_my_returns", values)

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "order_return_count" in counters:
            returns = request.env["order.return"].sudo()
            values["order_return_count"] = returns.search_count(
                self._prepare_returns_domain(), limit=1
            )
        return values

    def _prepare_returns_domain(self):
        partner = request.env.user.partner_id
        return request.env["sale.order"]._find_portal_returns(partner)

    # Finding them

    def _find_order(self, order_id, access_token):
        try:
            order = self._document_check_access("sale.order", order_id, access_token=access_token)
        except (AccessError, MissingError):
            return None
        # What is asked for is asked by the visitor, not by the system.
        return order.with_user(request.env.user).sudo()

    def _find_return(self, order_id, return_id, access_token):
        """The order and its return, both empty for who may not see the order."""
        order = self._find_order(order_id, access_token)
        found = order and order._get_portal_returns().filtered(lambda one: one.id == return_id)
        return (order, found) if found else (None, None)

    def _get_url(self, order, rest, query=""):
        return order.get_portal_url(
            suffix=f"/returns/{rest}", query_string=f"&{query}" if query else None
        )

    # Reading what was sent

    def _read_asked(self, order, offer, posted):
        """The lines that are asked back, and what is wrong: field → message.

        Lines of other orders and what cannot come back any more are refused, not left out.
        """
        asked, errors = [], {}
        offered = {entry["line"].id: entry for entry in offer}
        reasons = {reason.id: reason for reason in order._get_return_reasons()}
        choices = order._get_return_choices().mapped("code")
        for name, text in posted.items():
            if not name.startswith("quantity_") or not (text or "").strip():
                continue
            quantity = _read_number(text)
            line_id = name.removeprefix("quantity_")
            entry = offered.get(int(line_id)) if line_id.isdecimal() else None
            if quantity == 0:
                continue
            if not entry:
                errors[""] = request.env._("One of the lines cannot be returned any more.")
                continue
            if quantity is None or quantity < 0 or quantity > entry["returnable"]:
                errors[name] = request.env._(
                    "Please give a number from 0 to %s.", f"{entry['returnable']:g}"
                )
                continue
            reason = reasons.get(_read_id(posted.get(f"reason_{line_id}")))
            if not reason:
                errors[f"reason_{line_id}"] = request.env._("Please tell us why.")
                continue
            resolution = posted.get("resolution") or choices[0]
            if resolution not in choices:
                errors[""] = request.env._("Please choose how you want it settled.")
            asked.append(
                {
                    "line_id": entry["line"].id,
                    "quantity": quantity,
                    "reason": reason.code,
                    # What never arrived cannot be sent back.
                    "kind": "claim" if reason.code == NEVER_ARRIVED else "return",
                    "resolution": resolution,
                }
            )
        if not asked and not errors:
            errors[""] = request.env._("Please choose what you want to send back.")
        return asked, errors

    def _read_photos(self, files):
        """Pictures made anew from what was sent: without its hidden data, and of a fair size."""
        files = [file for file in files if file and file.filename]
        photos, errors = [], {}
        if len(files) > MAX_PHOTOS:
            return [], {"photos": request.env._("Please send at most %s photos.", MAX_PHOTOS)}
        for number, file in enumerate(files, 1):
            content = file.read(MAX_PHOTO_BYTES + 1)
            if len(content) > MAX_PHOTO_BYTES:
                errors["photos"] = request.env._("Each photo may have at most 8 MB.")
                continue
            try:
                picture = image.image_process(
                    content, size=PHOTO_SIZE, verify_resolution=True, output_format="JPEG"
                )
                if not picture.startswith(JPEG):
                    raise ValueError
            except (UserError, ValueError, OSError):
                errors["photos"] = request.env._(
                    "%s is no picture we can read; please send JPEG or PNG.", file.filename[:60]
                )
                continue
            photos.append((request.env._("Photo %s.jpg", number), picture))
        return photos, errors

    # Showing the pages

    def _render_ask(self, order, offer, posted, errors=None):
        return request.render(
            "order_management.portal_return_ask",
            {
                "sale_order": order.sudo(),
                "offer": offer,
                "reasons": order._get_return_reasons(),
                "choices": order._get_return_choices(),
                "posted": posted,
                "errors": errors or {},
                "page_name": "order_return",
                "action": order.get_portal_url(suffix="/return"),
            },
        )

    def _render_estimate(self, order, asked, quote, posted, errors=None):
        lines = {line.id: line for line in order.sudo().order_line}
        key = posted.get("key")
        return request.render(
            "order_management.portal_return_estimate",
            {
                "sale_order": order.sudo(),
                "asked": asked,
                "lines": lines,
                "quote": quote,
                "is_hopeless": all(one["decision"] == "refuse" for one in quote["lines"]),
                "wants_photo": any(one["code"] == "evidence_missing" for one in quote["lines"]),
                "posted": posted,
                "expected": _sum_of(quote),
                "key": key if key and _is_key(key) else str(uuid.uuid4()),
                "errors": errors or {},
                "max_photos": MAX_PHOTOS,
                "page_name": "order_return",
                "action": order.get_portal_url(suffix="/return"),
            },
        )


def _read_number(text):
    try:
        number = float((text or "").replace(",", ".").strip())
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _read_id(text):
    return int(text) if (text or "").isdecimal() else 0


def _sum_of(quote):
    return f"{quote['refund_total']:.6f}"


def _is_key(text):
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
