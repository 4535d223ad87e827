"""The print agent against a live server and a printer that only listens: nothing prints twice."""

import base64
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
from pathlib import Path

import print_agent
import pytest
from clients import OdooRpcClient, make_key
from print_agent import Agent, Away, Journal, Printers, Refused, Server

STATION = "AGENT-1"
AGENT = Path(print_agent.__file__)


class Printer(threading.Thread):
    """Listens on a port and keeps what it is sent, one text a connection."""

    def __init__(self, breaks_off=False):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.target = f"127.0.0.1:{self.listener.getsockname()[1]}"
        self.breaks_off, self.printed, self.got = breaks_off, [], threading.Event()
        self.start()

    def run(self):
        while True:
            try:
                connection, _address = self.listener.accept()
            except OSError:
                return
            with connection:
                if self.breaks_off:
                    linger = struct.pack("ii", 1, 0)
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                    continue
                parts = iter(lambda: connection.recv(65536), b"")  # noqa: B023
                self.printed.append(b"".join(parts).decode())
                self.got.set()

    def count(self, text):
        """How many labels tell that text."""
        return sum(f"^FD{text}^" in label for label in self.printed)


@pytest.fixture
def printer():
    printer = Printer()
    yield printer
    printer.listener.close()


class Shop:
    """The station, its integration user, and totes whose labels are printed."""

    def __init__(self):
        self.url, self.database = os.environ["OM_URL"], os.environ["OM_DB"]
        self.admin = OdooRpcClient(
            self.url, self.database, "admin", os.environ["OM_ADMIN_PASSWORD"]
        )
        self.station = self.create(
            "order.print.station", name="Agent", code=STATION, printed_by="agent", lost_seconds=1
        )
        group = self.admin.call(
            "ir.model.data",
            "check_object_reference",
            module="order_management",
            xml_id="group_integration",
        )[1]
        self.create(
            "res.users",
            name="Agent",
            login="agent",
            password="agent-pass-1",
            group_ids=[(6, 0, [group])],
        )
        self.key = make_key(self.url, self.database, "agent", "agent-pass-1")

    def create(self, model, **values):
        (record,) = self.admin.call(model, "create", vals_list=[values])
        return record

    def queue(self, name):
        """Queue the label of a new tote; return its job."""
        tote = self.create("stock.package", name=name)
        wizard = self.create(
            "order.label.print",
            source="stock.package",
            source_ids=[tote],
            station_id=self.station,
        )
        self.admin.call("order.label.print", "action_send", [wizard])
        (job,) = self.admin.call(
            "order.print.job", "search", domain=[("station", "=", STATION)], limit=1
        )
        return job

    def read(self, job):
        (found,) = self.admin.call(
            "order.print.job", "read", [job], fields=["state", "attempts", "error"]
        )
        return found["state"], found["attempts"], found["error"]

    def server(self):
        return Server(self.url, self.database, self.key)

    def agent(self, folder, target):
        journal = Journal(folder / "journal")
        return Agent(self.server(), STATION, Printers({"*": target}), journal, poll=0.1)


@pytest.fixture(scope="module")
def shop():
    return Shop()


def test_prints_and_tells(shop, printer, tmp_path):
    jobs = [shop.queue(f"AG-{number}") for number in range(3)]
    assert shop.agent(tmp_path, printer.target).run(once=True)
    assert [printer.count(f"AG-{number}") for number in range(3)] == [1, 1, 1]
    assert all(
        label.startswith("^XA") and label.rstrip().endswith("^XZ") for label in printer.printed
    )
    assert [shop.read(job) for job in jobs] == [("printed", 1, False)] * 3


def test_killed_between_printing_and_telling(shop, printer, tmp_path):
    """After its restart the agent tells the server, and prints nothing twice."""
    job = shop.queue("AG-KILLED")
    agent = shop.agent(tmp_path, printer.target)
    agent.server.done = killed
    with pytest.raises(KeyboardInterrupt):
        agent.run(once=True)
    assert shop.read(job)[0] == "claimed"
    assert shop.agent(tmp_path, printer.target).run(once=True)
    assert (shop.read(job), printer.count("AG-KILLED")) == (("printed", 1, False), 1)


def killed(*_arguments):
    raise KeyboardInterrupt


def test_lost_agent(shop, printer, tmp_path):
    """Another one prints what it was handed; its late answer does not count."""
    job = shop.queue("AG-LOST")
    (lost,) = shop.server().claim(STATION, 10)
    agent = shop.agent(tmp_path, printer.target)
    while not agent.work():
        agent.stopping.wait(0.1)
    assert (shop.read(job), printer.count("AG-LOST")) == (("printed", 2, False), 1)
    (late,) = shop.server().done(job, lost["claim"])
    assert (late["ok"], late["errors"][0]["code"]) == (False, "not_possible")


def test_printed_by_one_whose_answer_was_lost(shop, printer, tmp_path):
    """The job comes again under the next claim: the journal knows that it was printed."""
    job = shop.queue("AG-AGAIN")
    agent = shop.agent(tmp_path, printer.target)
    (item,) = agent.server.claim(STATION, 10)
    agent.printers.send(item)
    agent.journal.note("printed", job, item["claim"], item["key"])
    agent.journal.note("told", job, item["claim"], item["key"])
    while not agent.work():
        agent.stopping.wait(0.1)
    assert (shop.read(job), printer.count("AG-AGAIN")) == (("printed", 2, False), 1)


def test_printer_that_breaks_off(shop, tmp_path):
    """What did not get to the printer waits, and people are told why."""
    job = shop.queue("AG-JAM")
    agent = shop.agent(tmp_path, Printer(breaks_off=True).target)
    assert agent.work() == 1
    state, attempts, error = shop.read(job)
    assert (state, attempts) == ("waiting", 1)
    assert "reset" in error or "ipe" in error
    shop.admin.call("order.print.job", "action_cancel", [job])


def test_stopped_as_a_service(shop, printer, tmp_path):
    """The program as it is started: prints, and ends well on SIGTERM."""
    job = shop.queue("AG-TERM")
    words = ("--url", shop.url, "--db", shop.database, "--station", STATION, "--poll", "0.2")
    process = subprocess.Popen(
        [sys.executable, AGENT, *words, "--printer", printer.target, "--journal", tmp_path / "j"],
        env={**os.environ, "OM_PRINT_KEY": shop.key},
        stderr=subprocess.PIPE,
    )
    assert printer.got.wait(20)
    process.send_signal(signal.SIGTERM)
    _out, told = process.communicate(timeout=20)
    assert (process.returncode, shop.read(job)[0]) == (0, "printed"), told
    assert shop.key not in told.decode()


def test_dry_run(shop, tmp_path, monkeypatch):
    monkeypatch.setenv("OM_PRINT_KEY", shop.key)
    job = shop.queue("AG-DRY")
    words = ["--url", shop.url, "--db", shop.database, "--station", STATION, "--once"]
    words += ["--dry-run", str(tmp_path / "out"), "--journal", str(tmp_path / "journal")]
    assert print_agent.main(words) == 0
    (file,) = (tmp_path / "out").iterdir()
    assert file.name == f"{job}-1-tote_label-1.zpl"
    assert "^FDAG-DRY^" in file.read_text()


def test_refused(shop, tmp_path):
    """A wrong key, a station that is not there: told, and nothing is printed."""
    agent = shop.agent(tmp_path, "127.0.0.1:9")
    agent.station = "NONE"
    with pytest.raises(Refused, match="does not exist"):
        agent.work()
    agent.server.key = "wrong"
    assert agent.run(once=True) is False
    agent.server.url = "http://127.0.0.1:9"
    with pytest.raises(Away):
        agent.work()


ITEM = {
    "job_id": 7,
    "claim": 1,
    "key": "k",
    "kind": "parcel_label",
    "name": "P",
    "format": "zpl",
    "content": base64.b64encode(b"^XA^XZ").decode(),
    "copies": 2,
    "attempt": 1,
    "reprint": False,
}


class FakeServer:
    """Keeps what it is told; away for as long as ``faults`` has some."""

    def __init__(self, *faults):
        self.faults, self.told = list(faults), []

    def claim(self, station, limit):
        return []

    def done(self, job_id, claim):
        if self.faults:
            raise self.faults.pop()
        self.told.append((job_id, claim))
        return [{"errors": []}]


def test_server_away_after_printing(printer, tmp_path):
    """What is at hand is printed all the same; the next round tells it."""
    server = FakeServer(Away("gone"))
    agent = Agent(server, STATION, Printers({"label": printer.target}), Journal(tmp_path / "j"))
    agent.handle(ITEM)
    assert server.told == []
    agent.work()
    agent.work()
    assert (server.told, printer.printed) == ([(7, 1)], ["^XA^XZ" * 2])


def test_journal(tmp_path):
    """It survives a line that was cut off, and forgets what is old and told."""
    path = tmp_path / "journal"
    old = Journal(path, now=lambda: 0)
    old.note("told", 1, 1, "old")
    old.note("printed", 2, 1, "untold")
    Journal(path, now=lambda: 10).note("begun", 3, 1, "begun")
    with path.open("a") as file:
        file.write('{"state": "printed", "jo')
    journal = Journal(path, now=lambda: print_agent.KEEP_SECONDS + 5)
    assert sorted(journal.entries) == ["begun", "untold"]
    assert [entry["job"] for entry in journal.untold()] == [2]
    assert journal.was_begun("begun") and not journal.is_printed("begun")
    assert journal.is_printed("untold") and not journal.is_printed("old")


def test_printers(tmp_path, monkeypatch):
    """A job goes to the printer of its kind, else of labels or papers, else of all."""
    printers = Printers(print_agent.read_targets(["label=[::1]:9100", "packing_slip=lp:Slips"]))
    slip = {**ITEM, "kind": "packing_slip", "format": "pdf"}
    assert printers.find(ITEM) == "[::1]:9100"
    assert printers.find(slip) == "lp:Slips"
    with pytest.raises(OSError, match="pick_list"):
        printers.find({**slip, "kind": "pick_list"})
    lp = tmp_path / "lp"
    lp.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/words; cat > {tmp_path}/sheet\n')
    lp.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    printers.send(slip)
    assert (tmp_path / "words").read_text() == "-d Slips -n 2 -\n"
    assert (tmp_path / "sheet").read_text() == "^XA^XZ"
    lp.write_text("#!/bin/sh\necho no such printer >&2; exit 1\n")
    with pytest.raises(OSError, match="no such printer"):
        printers.send(slip)


@pytest.mark.parametrize("word", ["", "label=", "=1.2.3.4:9100", "1.2.3.4", "a=b", "x=:9100"])
def test_wrong_printers(word):
    with pytest.raises(ValueError, match="expected"):
        print_agent.read_targets([word])


def test_arguments(monkeypatch):
    words = ["--url", "ftp://x", "--db", "d", "--station", "s", "--printer", "h:1"]
    monkeypatch.setenv("OM_PRINT_KEY", "k")
    for wrong in (words, words[2:], [*words[:-2]], ["--url", "http://x"]):
        with pytest.raises(SystemExit):
            print_agent.read_arguments(wrong)
    words[1] = "https://x"
    assert print_agent.read_arguments(words).targets == {"*": "h:1"}
    monkeypatch.delenv("OM_PRINT_KEY")
    with pytest.raises(SystemExit):
        print_agent.read_arguments(words)


def test_pause():
    assert [print_agent.pause_after(n, draw=lambda: 1.0) for n in (1, 3, 9)] == [2.0, 8.0, 60.0]
    assert print_agent.pause_after(3, draw=lambda: 0.0) == 4.0
