"""Many clients want the last pieces at the same moment, on a live server: nobody gets too many."""

import os
import threading
import time
from collections import Counter

import pytest
from clients import CallError, OdooRpcClient, connect
from documents import PRICES, customer, line
from world import World

PREFIX = "HASTE"
CLIENTS = 20
PIECES = 12
# What a caller sees when its call met others too often: it sends the call again.
FAULTS = ("SerializationFailure", "DeadlockDetected", "LockNotAvailable")


@pytest.fixture(scope="module")
def world():
    url, database = os.environ["OM_URL"], os.environ["OM_DB"]
    admin = OdooRpcClient(url, database, "admin", os.environ["OM_ADMIN_PASSWORD"])
    world = World(admin, PREFIX, PRICES).build()
    checks = admin.call("order.check", "search", domain=[("code", "=", "stock_short")])
    admin.call("order.check", "write", checks, vals={"mode": "on"})
    return world


@pytest.fixture(scope="module")
def shop(world):
    return connect("json2", os.environ["OM_URL"], os.environ["OM_DB"], *world.login("integration"))


class Reader(threading.Thread):
    """Looks again and again at what is reserved of an article, and keeps the most it saw."""

    def __init__(self, world, article):
        super().__init__()
        self.world, self.article = world, article
        # A connection of its own, for the other one is not made for threads.
        self.admin = OdooRpcClient(
            os.environ["OM_URL"], os.environ["OM_DB"], "admin", os.environ["OM_ADMIN_PASSWORD"]
        )
        self.done, self.most, self.over = threading.Event(), 0.0, 0.0

    def run(self):
        while not self.done.wait(0.05):
            self.look()

    def look(self):
        quants = self.admin.call(
            "stock.quant",
            "search_read",
            domain=[
                ("product_id", "=", self.world.products[self.article]),
                ("location_id.usage", "=", "internal"),
            ],
            fields=["quantity", "reserved_quantity"],
        )
        self.most = max(self.most, sum(quant["reserved_quantity"] for quant in quants))
        self.over = max([self.over, *(q["reserved_quantity"] - q["quantity"] for q in quants)])

    def stop(self):
        self.done.set()
        self.join()
        self.look()


def stock_up(world, article):
    """Exactly as many pieces as :data:`PIECES` lie on the shelf."""
    quants = world.admin.call(
        "stock.quant",
        "search",
        domain=[
            ("product_id", "=", world.products[article]),
            ("location_id.usage", "=", "internal"),
        ],
    )
    world.admin.call("stock.quant", "write", quants, vals={"inventory_quantity": PIECES})
    world.admin.call("stock.quant", "action_apply_inventory", quants)


def together(world, article, calls):
    """Make calls at the same moment; a caller that met others too often calls again.

    :return tuple: the answers, the reader, and how many calls were made again
    """
    barrier, answers, again = threading.Barrier(len(calls)), [None] * len(calls), []

    def call(index):
        barrier.wait(30)
        while answers[index] is None:
            try:
                (answers[index],) = calls[index]()
            except CallError as problem:
                if problem.kind not in FAULTS:
                    answers[index] = {"outcome": repr(problem), "order_id": False}
                again.append(problem.kind)
            except Exception as problem:  # told by the assertion
                answers[index] = {"outcome": repr(problem), "order_id": False}

    reader = Reader(world, article)
    reader.start()
    threads = [threading.Thread(target=call, args=(index,)) for index in range(len(calls))]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(240)
    reader.stop()
    print(
        f"{len(calls)} calls in {time.monotonic() - began:.1f} s, {len(again)} made again "
        f"{dict(Counter(again))}"
    )
    return answers, reader, len(again)


def document(article, number, process):
    return {
        "external_ref": f"{PREFIX}-{process}-{number}",
        "customer": customer(PREFIX, number + 1),
        "lines": [line(PREFIX, 1, article, 1)],
    }


def submit(shop, document, process):
    return lambda: shop.call(
        "order.intake",
        "submit",
        channel=f"{PREFIX}-SHOP",
        documents=[document],
        process=process,
    )


def check(world, answers, reader):
    """Twelve are sold and have their piece, eight are held for want of stock."""
    assert Counter(answer["order_state"] for answer in answers) == {
        "sale": PIECES,
        "draft": CLIENTS - PIECES,
    }, answers
    held = [answer for answer in answers if answer["order_state"] == "draft"]
    codes = {finding["check"] for answer in held for finding in answer["findings"]}
    assert codes == {"stock_short"}
    assert (reader.most, reader.over) == (PIECES, 0.0)
    orders = [answer["order_id"] for answer in answers]
    stages = world.admin.call(
        "sale.order", "search_read", domain=[("id", "in", orders)], fields=["stage"]
    )
    assert Counter(order["stage"] for order in stages) == {
        "ready": PIECES,
        "held": CLIENTS - PIECES,
    }


def test_twenty_clients_hand_in_orders_for_twelve_pieces(world, shop):
    stock_up(world, "RARE")
    calls = [
        submit(shop, document("RARE", number, "confirm"), "confirm") for number in range(CLIENTS)
    ]
    answers, reader, _again = together(world, "RARE", calls)
    check(world, answers, reader)


def test_twenty_clients_process_quotations_for_twelve_pieces(world, shop):
    stock_up(world, "LAMP")
    drafts = [
        submit(shop, document("LAMP", number, "create"), "create")()[0] for number in range(CLIENTS)
    ]

    def process(order_id):
        return lambda: shop.call("sale.order", "process_orders", [order_id])

    calls = [process(draft["order_id"]) for draft in drafts]
    answers, reader, _again = together(world, "LAMP", calls)
    check(world, answers, reader)
