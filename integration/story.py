"""One real order from door to door, told over RPC.

Orders come in, some are held, some are mended; they are picked, packed, labelled, shipped,
tracked, invoiced, paid, and some come back and are refunded. Every step is called by the role
that does it, through the public methods that every integrator has.

    python integration/story.py --url http://127.0.0.1:8069 --db NAME --admin-password admin
"""

import argparse
import base64
import sys
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from clients import connect
from documents import PRICES, batch, changed, ubl_files
from world import ROLES, STOCK, World

CENT = Decimal("0.01")


def money(value):
    return Decimal(str(value)).quantize(CENT)


class StoryError(AssertionError):
    """Something did not come out as it must."""


def expect(condition, message):
    if not condition:
        raise StoryError(message)


class Story:
    """Tells the story over one protocol.

    :param str protocol: ``xmlrpc``, ``odoorpc`` or ``json2``
    :param connection: url, database, admin login and password
    :param str prefix: the run's own letters and digits
    """

    def __init__(self, protocol, url, database, admin_login, admin_password, prefix, say=print):
        self.protocol, self.url, self.database = protocol, url, database
        self.prefix, self.say = prefix, say
        admin = connect("odoorpc", url, database, admin_login, admin_password)
        self.world = World(admin, prefix, PRICES).build()
        self.clients = {}
        self.rows = {}

    def tell(self):
        """Tell all of it; return the table's rows."""
        for chapter in (
            self.receive,
            self.receive_again,
            self.mend,
            self.fulfill,
            self.track,
            self.invoice,
            self.take_back,
            self.balance,
            self.promise,
            self.replenish,
        ):
            started = time.monotonic()
            told = chapter()
            self.say(f"  {chapter.__name__.replace('_', ' '):14} {told}", end="")
            self.say(f"  ({time.monotonic() - started:.1f} s)")
        return list(self.rows.values())

    def call(self, role, model, method, ids=None, **arguments):
        """Call as the story's user of ``role``."""
        if role not in self.clients:
            login = self.world.login(role)
            self.clients[role] = connect(self.protocol, self.url, self.database, *login)
        return self.clients[role].call(model, method, ids, **arguments)

    def good(self, role, model, method, ids=None, **arguments):
        """Call, and expect every item to be well."""
        items = self.call(role, model, method, ids, **arguments)
        for item in items if isinstance(items, list) else [items]:
            expect(item["ok"], f"{model}.{method}: {item['errors']}")
        return items

    def receive(self):
        """Twenty orders of the shop in one call, three UBL files of a business customer."""
        self.shop_orders = batch(self.prefix)
        self._submit("shop", self.shop_orders)
        self._submit("edi", ubl_files(self.prefix, self.world.currency))
        held = [row for row in self.rows.values() if row["hold"]]
        reasons = {row["ref"][-4:]: row["hold"] for row in held}
        expect(
            reasons
            == {
                "0004": "address_incomplete",
                "0007": "price_deviation",
                "0011": "credit_limit",
                "0015": "stock_short",
            },
            f"other orders are held than should be: {reasons}",
        )
        return f"{len(self.rows)} orders received, {len(held)} held"

    def _submit(self, kind, documents):
        channel = self.world.channels[kind]
        items = self.good(
            "integration", "order.intake", "submit", channel=channel, documents=documents
        )
        for item in items:
            expect(item["outcome"] == "created", f"not created: {item}")
            self.rows[item["order_id"]] = {
                "order_id": item["order_id"],
                "order": item["order_name"],
                "channel": channel,
                "ref": item["external_ref"],
                "outcome": item["outcome"],
                "hold": ", ".join(
                    finding["check"]
                    for finding in item["findings"]
                    if finding["severity"] == "hold"
                ),
                "lines": item["lines"],
            }

    def receive_again(self):
        """The first order is sent twice, the second comes back changed."""
        channel, first = self.world.channels["shop"], self.shop_orders[0]
        again = self.call(
            "integration",
            "order.intake",
            "submit",
            channel=channel,
            documents=[first, changed(self.shop_orders[1])],
        )
        outcomes = [item["outcome"] for item in again]
        expect(outcomes == ["replayed", "conflict"], f"sent again: {outcomes}")
        path = [difference["path"] for difference in again[1]["differences"]]
        expect(path == ["lines[0].quantity"], f"the conflict names {path}")
        for item in again:
            self.rows[item["order_id"]]["outcome"] += f", {item['outcome']}"
        return "one replayed, one conflict: " + again[1]["differences"][0]["path"]

    def mend(self):
        """The clerk completes an address, the manager releases a price; two stay held."""
        by_ref = {row["ref"][-4:]: row["order_id"] for row in self.rows.values()}
        address, price = by_ref["0004"], by_ref["0007"]
        partner = self.call("clerk", "sale.order", "read", [address], fields=["partner_id"])
        partner_id = partner[0]["partner_id"][0]
        self.call("clerk", "res.partner", "write", [partner_id], vals={"zip": "50667"})
        mended = self.good("clerk", "sale.order", "process_orders", [address])[0]
        # The scheduled action may have been faster: it was held, and goes on when it is mended.
        expect(mended["order_state"] == "sale", f"mended order: {mended}")
        finding = self.good("manager", "sale.order", "check_orders", [price])[0]["findings"][0]
        released = self.good(
            "manager", "order.finding", "release", [finding["id"]], reason="Price of the flyer"
        )[0]
        expect(released["order_state"] == "sale", f"released order: {released}")
        return "one address mended, one price released, both confirmed"

    def fulfill(self):
        """Pickers scan, pack, label and ship every confirmed order."""
        pickings = self.call(
            "picker",
            "stock.picking",
            "search_read",
            domain=[
                ("sale_id", "in", list(self.rows)),
                ("state", "=", "assigned"),
                ("picking_type_code", "=", "outgoing"),
            ],
            fields=["sale_id", "move_ids"],
        )
        ids = [picking["id"] for picking in pickings]
        walked = self._walk(ids)
        for picking in pickings:
            self._pick(picking)
        shipped = self.good("picker", "stock.picking", "ship", ids)
        again = self.good("picker", "stock.picking", "ship", ids)
        for item in again:
            expect(item.pop("replayed", False), "shipping again does not say so")
        expect(shipped == again, "shipping again answers something else")
        expect({item["state"] for item in shipped} == {"done"}, "a picking isn't done")
        self.shipped = {picking["sale_id"][0]: picking["id"] for picking in pickings}
        expect(len(pickings) == len(self.rows) - 2, f"{len(pickings)} orders were shipped")
        return f"{len(pickings)} orders picked ({walked:.0f} m), packed, labelled, shipped"

    def _walk(self, picking_ids):
        """How far it is to the goods of all transfers, one by one."""
        tours = self.good("picker", "stock.picking", "get_tour", picking_ids)
        for tour in tours:
            expect(tour["stops"] and not tour["unplaced"], f"a tour without places: {tour}")
            expect(0 < tour["bound"] <= tour["length"], f"a tour without a length: {tour}")
        return sum(tour["length"] for tour in tours)

    def _pick(self, picking):
        moves = self.call(
            "picker",
            "stock.move",
            "read",
            picking["move_ids"],
            fields=["product_id", "product_uom_qty"],
        )
        articles = {product: article for article, product in self.world.products.items()}
        for move in moves:
            code = f"{self.prefix}-{articles[move['product_id'][0]]}"
            self._scan(picking["id"], code, move["product_uom_qty"])
        refused = self.call("picker", "stock.picking", "scan", [picking["id"]], barcode="NO-SUCH")
        expect(not refused[0]["accepted"], "an unknown code was accepted")
        packed = self.good(
            "picker",
            "stock.picking",
            "pack",
            [picking["id"]],
            request_key=f"{self.prefix}-pack-{picking['id']}",
        )[0]
        labels = [
            self.good("picker", "stock.package", "render_labels", [packed["package_id"]], format=f)
            for f in ("zpl", "pdf")
        ]
        zpl, pdf = (base64.b64decode(label[0]["content"]) for label in labels)
        expect(zpl.strip().startswith(b"^XA"), "the ZPL label is none")
        expect(pdf.startswith(b"%PDF"), "the PDF label is none")
        self.rows[picking["sale_id"][0]].update(
            sscc=packed["sscc"], package_id=packed["package_id"]
        )

    def _scan(self, picking_id, code, quantity):
        answer = self.good(
            "picker", "stock.picking", "scan", [picking_id], barcode=code, quantity=quantity
        )[0]
        expect(answer["accepted"], f"scan refused: {answer}")

    def track(self):
        """The carrier's system registers numbers and reports; reports repeat and overtake."""
        sent = [
            {
                "package_id": self.rows[order_id]["package_id"],
                "tracking_ref": f"{self.prefix}TRK{order_id:06}",
                "request_key": f"{self.prefix}-register-{order_id}",
            }
            for order_id in self.shipped
        ]
        self.good("integration", "order.shipment", "register", shipments=sent)
        events = []
        for shipment in sent:
            reference = shipment["tracking_ref"]
            events.append(self._event(reference, 2, "delivered"))
            events.append(self._event(reference, 1, "in_transit"))
            events.append(self._event(reference, 2, "delivered"))
            self.rows[int(reference[-6:])]["tracking"] = reference
        items = self.call(
            "integration",
            "order.shipment",
            "record_events",
            source=f"{self.prefix}-TRACK",
            events=events,
        )
        outcomes = [item["outcome"] for item in items]
        expect(outcomes == ["recorded", "recorded", "duplicate"] * len(sent), f"{outcomes}")
        expect({item["shipment_status"] for item in items} == {"delivered"}, "not delivered")
        status = self.good("integration", "sale.order", "get_status", list(self.shipped))
        stages = {item["stage"] for item in status}
        expect(stages == {"delivered"}, f"stages after delivery: {stages}")
        return f"{len(sent)} parcels delivered, {len(events)} reports taken"

    def _event(self, reference, number, status):
        return {
            "event_id": f"{reference}-{number}",
            "tracking_ref": reference,
            "status": status,
            "occurred_at": f"2026-03-0{3 + number}T10:00:00Z",
        }

    def invoice(self):
        """The clerk invoices what was shipped; the shop reports the payments."""
        orders = list(self.shipped)
        items = self.good("clerk", "sale.order", "invoice_orders", orders)
        for order_id, item in zip(orders, items, strict=True):
            self.rows[order_id]["invoice"] = money(item["amount_total"])
            self._pay(order_id, item["amount_due"])
        self._pay(orders[0], items[0]["amount_due"])  # reported again, recorded once
        status = self.good("integration", "sale.order", "get_status", orders)
        for item in status:
            invoice = item["invoices"][0]
            self.rows[item["order_id"]]["invoice_name"] = invoice["name"]
            expect(money(invoice["amount_due"]) == 0, f"{item['name']}: still due {invoice}")
        total = sum(row.get("invoice", 0) for row in self.rows.values())
        return f"{len(orders)} invoices, {total} in all, paid"

    def _pay(self, order_id, amount):
        payment = {
            "status": "captured",
            "provider": "shop",
            "reference": f"{self.prefix}-PAY-{order_id}",
            "amount": amount,
        }
        self.good("integration", "sale.order", "record_payment", [order_id], payment=payment)

    def take_back(self):
        """Two customers send goods back: one changed their mind, one got a broken thing."""
        first, second = sorted(self.shipped)[:2]
        refunds = [
            self._return(first, "changed_mind", {"condition": "A", "disposition": "restock"}),
            self._return(second, "defective", {"condition": "C", "disposition": "scrap"}),
        ]
        return f"2 returns settled, {sum(refunds)} refunded"

    def _return(self, order_id, reason, seen):
        line = {
            "line_id": self.rows[order_id]["lines"][0]["line_id"],
            "quantity": 1,
            "reason": reason,
        }
        quote = self.good(
            "integration",
            "order.return",
            "quote",
            order_id=order_id,
            lines=[line],
            requested_on="2026-03-10",
        )
        request = {
            "order_id": order_id,
            "external_ref": f"{self.prefix}-RET-{order_id}",
            "lines": [line],
            "requested_on": "2026-03-10",
        }
        asked = self.good("integration", "order.return", "request", requests=[request])[0]
        again = self.good("integration", "order.return", "request", requests=[request])[0]
        expect(again["outcome"] == "replayed", f"asked again: {again['outcome']}")
        return_id = asked["return_id"]
        self.good("returns", "order.return", "approve", [return_id])
        return_line = self.call(
            "returns", "order.return.line", "search", domain=[("return_id", "=", return_id)]
        )[0]
        self.good(
            "picker",
            "order.return",
            "receive",
            [return_id],
            lines=[{"return_line_id": return_line, "quantity": 1, **seen}],
        )
        settled = self.good("returns", "order.return", "settle", [return_id])[0]
        refund = money(settled["refund_total"])
        expect(refund == money(quote["refund_total"]), "the refund isn't what was quoted")
        self.rows[order_id].update({"return": asked["name"], "refund": refund})
        return refund

    def balance(self):
        """Money and stock add up."""
        status = self.good("auditor", "sale.order", "get_status", list(self.shipped))
        invoiced = refunded = Decimal(0)
        sold = dict.fromkeys(STOCK, Decimal(0))
        for item in status:
            for move in item["invoices"]:
                if move["type"] == "out_refund":
                    refunded += money(move["amount_total"])
                else:
                    invoiced += money(move["amount_total"])
            for line in item["lines"]:
                article = (line["sku"] or "").removeprefix(f"{self.prefix}-")
                if article in sold:
                    sold[article] += Decimal(str(line["delivered_quantity"]))
        rows = self.rows.values()
        expect(invoiced == sum(row.get("invoice", 0) for row in rows), "invoices don't add up")
        expect(refunded == sum(row.get("refund", 0) for row in rows), "refunds don't add up")
        scrapped = self._scrapped()
        for article, quantity in self.world.stock().items():
            left = STOCK[article] - sold[article] - scrapped.get(article, 0)
            expect(Decimal(str(quantity)) == left, f"{article}: {quantity} on hand, not {left}")
        return f"{invoiced} invoiced, {refunded} refunded, stock agrees to the unit"

    def promise(self):
        """What is short is bought, promised, and promised anew when the vendor is late."""
        order = next(row["order_id"] for row in self.rows.values() if row["hold"] == "stock_short")
        today = datetime.now(UTC).date()
        planned, later = (today + timedelta(days=days) for days in (6, 9))
        line = self.world.buy("RARE", 20, planned)
        finding = self.good("clerk", "sale.order", "check_orders", [order])[0]["findings"][0]
        self.good("clerk", "order.finding", "release", [finding["id"]], reason="Customer waits")
        promised = self._get_promise(order)
        expect(promised == str(planned), f"promised for {promised}, not {planned}")
        self.world.postpone(line, later)
        renewed = self.good("clerk", "sale.order", "promise_orders", [order])[0]["delivery_date"]
        expect(renewed == str(later), f"promised anew for {renewed}, not {later}")
        messages = self.call(
            "clerk", "order.notification", "search_read", domain=[("order_id", "=", order)],
            fields=["kind", "state"],
        )  # fmt: skip
        kinds = [message["kind"] for message in messages if message["state"] != "cancelled"]
        expect(kinds == ["promise_changed"], f"the customer was told {messages}")
        return f"promised for {planned}, then {later}; the customer was told once"

    def replenish(self):
        """What was shipped is forecast; levels are proposed, tried, and then applied."""
        product, rule = self.world.add_rule("MUG", 5, 20)
        places = [self.world.warehouse]
        (forecast,) = self.good(
            "manager", "order.forecast", "run", product_ids=[product], warehouse_ids=places
        )
        expect(forecast["pattern"] == "new", f"a day's history is {forecast['pattern']}")
        rules = ("stock.warehouse.orderpoint", "propose_levels")
        proposal = self.good("manager", *rules, [rule])[0]
        expect(proposal["minimum"] <= proposal["maximum"], f"levels {proposal}")
        expect("too little history" in proposal["reason"], proposal["reason"])
        levels = {name: proposal[name] for name in ("minimum", "maximum")}
        tried = self.good(
            "manager", "stock.warehouse.orderpoint", "simulate_levels", [rule],
            candidates=[{"minimum": 5, "maximum": 20}, levels], days=30,
        )[0]["candidates"]  # fmt: skip
        expect(len(tried) == 2 and len(tried[0]["series"]) == 30, "a month was not replayed")
        kept = self.world.read_rule(rule)
        expect(kept == (5, 20), f"trying changed the rule to {kept}")
        applied = self.good(
            "manager", "order.reorder.proposal", "apply", [proposal["proposal_id"]]
        )[0]  # fmt: skip
        written = (applied["written_minimum"], applied["written_maximum"])
        kept = self.world.read_rule(rule)
        expect(kept == written, f"applying wrote {kept}, not {written}")
        return f"levels {levels['minimum']:g} to {levels['maximum']:g} proposed, tried, applied"

    def _get_promise(self, order):
        found = self.call("clerk", "sale.order", "read", [order], fields=["promise_date"])
        return found[0]["promise_date"]

    def _scrapped(self):
        """What came back broken is delivered no more, and not on the shelf either."""
        second = sorted(self.shipped)[1]
        article = self.rows[second]["lines"][0]["sku"].removeprefix(f"{self.prefix}-")
        return {article: 1}


COLUMNS = (
    ("Order", "order", 8),
    ("Channel", "channel", 12),
    ("Reference", "ref", 16),
    ("Outcome", "outcome", 18),
    ("Held for", "hold", 18),
    ("SSCC", "sscc", 18),
    ("Tracking", "tracking", 16),
    ("Invoice", "invoice_name", 15),
    ("Amount", "invoice", 9),
    ("Return", "return", 10),
    ("Refund", "refund", 8),
)


def print_table(rows):
    """Print what became of every order, with the sums."""
    print("  ".join(title.ljust(width) for title, _key, width in COLUMNS))
    print("  ".join("-" * width for _title, _key, width in COLUMNS))
    for row in rows:
        print("  ".join(str(row.get(key, "") or "").ljust(width) for _t, key, width in COLUMNS))
    sums = {key: sum(row.get(key, 0) for row in rows) for key in ("invoice", "refund")}
    print("  ".join(str(sums.get(key, "")).ljust(width) for _title, key, width in COLUMNS))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", default="http://127.0.0.1:8069")
    parser.add_argument("--db", required=True)
    parser.add_argument("--admin-login", default="admin")
    parser.add_argument("--admin-password", default="admin")
    parser.add_argument("--protocol", choices=("xmlrpc", "odoorpc", "json2"), default="json2")
    parser.add_argument("--prefix", default="DEMO", help="letters and digits of this run")
    options = parser.parse_args()
    story = Story(
        options.protocol,
        options.url,
        options.db,
        options.admin_login,
        options.admin_password,
        options.prefix,
    )
    try:
        rows = story.tell()
    except StoryError as error:
        sys.exit(f"The story went wrong: {error}")
    print()
    print_table(rows)
    print("\nLogins of the story")
    for role in ROLES:
        print("  {:12} login {}, password {}".format(role, *story.world.login(role)))


if __name__ == "__main__":
    main()
