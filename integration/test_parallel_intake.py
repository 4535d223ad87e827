"""Many clients at the same moment, on a live server: one key stays one order."""

import os
import threading
from collections import Counter

import pytest
from clients import OdooRpcClient, connect
from documents import PRICES, customer, line
from world import World

PREFIX = "RUSH"
CLIENTS = 20


@pytest.fixture(scope="module")
def world():
    url, database = os.environ["OM_URL"], os.environ["OM_DB"]
    admin = OdooRpcClient(url, database, "admin", os.environ["OM_ADMIN_PASSWORD"])
    return World(admin, PREFIX, PRICES).build()


@pytest.fixture(scope="module")
def shop(world):
    login = world.login("integration")
    return connect("json2", os.environ["OM_URL"], os.environ["OM_DB"], *login)


def together(shop, documents):
    """Hand in one document a client, all at the same moment; the answers in their order."""
    barrier = threading.Barrier(len(documents))
    answers = [None] * len(documents)

    def call(index):
        barrier.wait(30)
        try:
            (answers[index],) = shop.call(
                "order.intake",
                "submit",
                channel=f"{PREFIX}-SHOP",
                documents=[documents[index]],
                process="create",
            )
        except Exception as problem:  # told by the assertion
            answers[index] = {"outcome": repr(problem), "order_id": False}

    threads = [threading.Thread(target=call, args=(index,)) for index in range(len(documents))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return answers


def outcomes(answers):
    return Counter(answer["outcome"] for answer in answers)


def document(number, buyer):
    return {
        "external_ref": f"{PREFIX}-{number}",
        "customer": customer(PREFIX, buyer),
        "lines": [line(PREFIX, 1, "MUG", 2)],
    }


def test_one_key_from_many_clients(world, shop):
    answers = together(shop, [document("ONE", 1)] * CLIENTS)
    assert outcomes(answers) == {"created": 1, "replayed": CLIENTS - 1}
    assert len({answer["order_id"] for answer in answers}) == 1
    plain = [{**answer, "outcome": "", "replayed": ""} for answer in answers]
    assert all(answer == plain[0] for answer in plain)
    found = [("external_ref", "=", f"{PREFIX}-ONE")]
    assert world.admin.call("sale.order", "search_count", domain=found) == 1
    (intake,) = world.admin.call(
        "order.intake", "search_read", domain=found, fields=["attempt_count"]
    )
    assert intake["attempt_count"] == CLIENTS


def test_one_new_customer_from_many_clients(world, shop):
    answers = together(shop, [document(f"NEW-{number}", 2) for number in range(CLIENTS)])
    assert outcomes(answers) == {"created": CLIENTS}
    assert len({answer["order_id"] for answer in answers}) == CLIENTS
    email = customer(PREFIX, 2)["email"]
    found = [("email", "=", email), ("parent_id", "=", False)]
    assert world.admin.call("res.partner", "search_count", domain=found) == 1
