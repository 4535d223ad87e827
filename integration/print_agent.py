#!/usr/bin/env python3
"""Prints what waits at a print station of Order Management: labels and papers.

Runs beside the printers, with nothing but Python 3.10 or newer. It asks the server for print jobs
over JSON-2, sends each to its printer and tells how it went::

    OM_PRINT_KEY=... print_agent.py --url https://odoo.example.com --db prod --station PACK-1 \\
        --printer label=192.0.2.10:9100 --printer paper=lp:Office

A printer is ``host:port`` (raw, as label printers listen on 9100), ``lp:QUEUE`` (CUPS) or
``folder:PATH``; it is chosen by the job's kind, such as ``packing_slip``, else by ``label`` or
``paper``, else ``*``. The key is the API key of an integration user.

What was printed is noted in a journal before the server is told, so that an agent that was killed
in between tells it after its restart and prints nothing twice.
"""

import argparse
import base64
import http.client
import json
import logging
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

log = logging.getLogger("print_agent")

KEEP_SECONDS = 7 * 24 * 3600  # how long the journal remembers what was printed
LONGEST_PAUSE = 60  # seconds between two tries while the server is away
LINGER = 2  # seconds a printer is given to say that it got all


class Away(Exception):
    """The server cannot be reached, or not now."""


class Refused(Exception):
    """The server refuses the call, and would refuse it again."""


class Server:
    """The methods of print jobs over JSON-2."""

    def __init__(self, url, database, key, timeout=60):
        self.url, self.database, self.key, self.timeout = url.rstrip("/"), database, key, timeout

    def claim(self, station, limit):
        return self._call("claim", station=station, limit=limit)

    def done(self, job_id, claim):
        return self._call("done", ids=[job_id], claim=claim)

    def failed(self, job_id, claim, reason):
        return self._call("failed", ids=[job_id], claim=claim, reason=reason)

    def _call(self, method, **arguments):
        request = urllib.request.Request(
            f"{self.url}/json/2/order.print.job/{method}",
            data=json.dumps(arguments).encode(),
            headers={
                "Authorization": f"bearer {self.key}",
                "Content-Type": "application/json",
                "X-Odoo-Database": self.database,
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as fault:
            message = f"{fault.code} {_tell(fault)}"
            raise (Away if fault.code >= 500 or fault.code == 429 else Refused)(message) from None
        except (OSError, http.client.HTTPException, ValueError) as fault:
            raise Away(str(fault)) from None


def _tell(fault):
    try:
        return json.load(fault)["message"]
    except (ValueError, KeyError, TypeError, OSError):
        return fault.reason


class Journal:
    """What was printed, by the jobs' keys, and which answers the server has not heard yet.

    A file of one JSON object a line, written through to the disk at once. A line that was cut
    off by a crash is passed over.
    """

    def __init__(self, path, now=time.time):
        self.path, self.now = Path(path), now
        self.entries = {}
        self._load()
        self._tidy()

    def is_printed(self, key):
        return self.entries.get(key, {}).get("state") in ("printed", "told")

    def was_begun(self, key):
        """Whether its printing began and nobody knows how it ended."""
        return self.entries.get(key, {}).get("state") == "begun"

    def untold(self):
        return [entry for entry in self.entries.values() if entry["state"] == "printed"]

    def note(self, state, job_id, claim, key):
        """Note that printing ``begun``, is ``printed``, ``told`` to the server, or ``failed``."""
        entry = {"state": state, "job": job_id, "claim": claim, "key": key, "at": self.now()}
        self.entries[key] = entry
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def _load(self):
        if not self.path.exists():
            return
        for line in self.path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                entry = json.loads(line)
                self.entries[entry["key"]] = {
                    name: entry[name] for name in ("state", "job", "claim", "key", "at")
                }
            except (ValueError, KeyError, TypeError):
                log.warning("A line of the journal cannot be read and is left out.")

    def _tidy(self):
        """Forget what is old, and write the file anew in one go."""
        oldest = self.now() - KEEP_SECONDS
        self.entries = {
            key: entry
            for key, entry in self.entries.items()
            if entry["at"] >= oldest or entry["state"] == "printed"
        }
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_name(self.path.name + ".new")
        with fresh.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(entry) + "\n" for entry in self.entries.values())
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.path)


def send_raw(host, port, content, copies=1, timeout=15):
    """Send a whole file to a printer's port; raises ``OSError`` when the printer breaks off."""
    with socket.create_connection((host, port), timeout=timeout) as connection:
        for _copy in range(copies):
            connection.sendall(content)
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(LINGER)
        try:
            while connection.recv(1024):
                pass  # what a printer says of itself
        except TimeoutError:
            pass  # many keep the line open; a line that breaks raises


def send_lp(queue, content, copies=1, timeout=60):
    """Hand a file to CUPS, without a shell."""
    command = ["lp", "-d", queue, "-n", str(copies), "-"]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=timeout)
    except subprocess.TimeoutExpired:
        raise OSError("lp did not answer") from None
    if done.returncode:
        raise OSError(done.stderr.decode(errors="replace").strip() or "lp failed")


def send_folder(folder, item, content):
    """Write a file for each copy; the name tells the job and its claim."""
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    for copy in range(1, item["copies"] + 1):
        name = f"{item['job_id']}-{item['claim']}-{item['kind']}-{copy}.{item['format']}"
        (target / name).write_bytes(content)


class Printers:
    """Which printer gets what."""

    def __init__(self, targets, timeout=15):
        self.targets, self.timeout = targets, timeout

    def find(self, item):
        """The printer of a job: of its kind, of labels or papers, else of all."""
        kind = item["kind"]
        group = "label" if kind.endswith("_label") or item["format"] == "zpl" else "paper"
        for name in (kind, group, "*"):
            if name in self.targets:
                return self.targets[name]
        raise OSError(f"No printer is set up for {kind}.")

    def send(self, item):
        content = base64.b64decode(item["content"])
        target = self.find(item)
        if target.startswith("lp:"):
            send_lp(target[3:], content, item["copies"])
        elif target.startswith("folder:"):
            send_folder(target[7:], item, content)
        else:
            host, _colon, port = target.rpartition(":")
            send_raw(host.strip("[]"), int(port), content, item["copies"], self.timeout)


def read_targets(words):
    """``name=printer`` words as a dict; a word without a name is the printer of all."""
    targets = {}
    for word in words:
        name, sign, target = word.rpartition("=")
        host, colon, port = target.rpartition(":")
        is_raw = bool(host and colon and port.isdigit())
        if not (is_raw or target.startswith(("lp:", "folder:"))) or (sign and not name):
            raise ValueError(f"{word}: NAME=HOST:PORT, NAME=lp:QUEUE or NAME=folder:PATH expected")
        targets[name or "*"] = target
    return targets


class Agent:
    """Fetches jobs, prints them, tells the server."""

    def __init__(self, server, station, printers, journal, limit=10, poll=3.0):
        self.server, self.station = server, station
        self.printers, self.journal = printers, journal
        self.limit, self.poll = limit, poll
        self.stopping = threading.Event()

    def run(self, once=False):
        """Until it is stopped; with ``once`` until nothing waits. Answer whether all went well."""
        misses = 0
        while not self.stopping.is_set():
            try:
                count = self.work()
            except (Away, Refused) as fault:
                log.error("%s", fault)
                if once:
                    return False
                misses += 1
                self.stopping.wait(pause_after(misses))
                continue
            misses = 0
            if not count:
                if once:
                    return True
                self.stopping.wait(self.poll)
        return True

    def work(self):
        """One round; answer how many jobs there were."""
        self.tell_printed()
        items = self.server.claim(self.station, self.limit)
        for item in items:
            if self.stopping.is_set():
                break  # the rest is handed out again when its time is over
            self.handle(item)
        return len(items)

    def tell_printed(self):
        """Tell the server of what was printed when it could not be told."""
        for entry in self.journal.untold():
            self._tell(entry["job"], entry["claim"], entry["key"])

    def handle(self, item):
        """Print one job, unless that was done before, and tell how it went."""
        job = (item["job_id"], item["claim"], item["key"])
        if self.journal.is_printed(item["key"]):
            log.info("%s was printed before; the server is told", item["name"])
            self._tell(*job)
            return
        if self.journal.was_begun(item["key"]) or item["reprint"]:
            log.warning("%s may have been printed before", item["name"])
        self.journal.note("begun", *job)
        try:
            self.printers.send(item)
        except (OSError, ValueError) as fault:
            log.error("%s was not printed: %s", item["name"], fault)
            self.journal.note("failed", *job)
            self._tell_failed(*job[:2], str(fault) or type(fault).__name__)
            return
        self.journal.note("printed", *job)
        log.info("%s printed", item["name"])
        try:
            self._tell(*job)
        except Away as fault:  # the next round tells it; those at hand are printed all the same
            log.warning("%s: %s", item["name"], fault)

    def _tell_failed(self, job_id, claim, reason):
        try:
            self.server.failed(job_id, claim, reason)
        except (Away, Refused) as fault:  # it is handed out again when its time is over
            log.warning("job %s: %s", job_id, fault)

    def _tell(self, job_id, claim, key):
        try:
            for answer in self.server.done(job_id, claim):
                for entry in answer["errors"]:
                    log.warning("job %s: %s", job_id, entry["message"])
        except Refused as fault:  # deleted meanwhile, or no longer ours: asking again helps nobody
            log.warning("job %s: %s", job_id, fault)
        self.journal.note("told", job_id, claim, key)

    def stop(self, *_signal):
        """Finish the job at hand, then end."""
        self.stopping.set()


def pause_after(misses, draw=random.random):
    """Seconds to wait: twice as long each time, up to a limit, by chance between half and all."""
    longest = min(LONGEST_PAUSE, 2.0 ** min(misses, 10))
    return longest * (0.5 + draw() / 2)


def read_arguments(words=None):
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n\n")[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    env = os.environ.get
    parser.add_argument("--url", default=env("OM_PRINT_URL"), help="of the server")
    parser.add_argument("--db", default=env("OM_PRINT_DB"), help="database")
    parser.add_argument("--station", default=env("OM_PRINT_STATION"), help="code of the station")
    parser.add_argument("--key-file", help="file with the API key; else OM_PRINT_KEY is read")
    parser.add_argument(
        "--printer", action="append", default=[], metavar="[NAME=]TARGET", help="see above"
    )
    parser.add_argument("--journal", default="print_agent.journal", help="file")
    parser.add_argument("--limit", type=int, default=10, help="jobs a call")
    parser.add_argument("--poll", type=float, default=3.0, help="seconds between two questions")
    parser.add_argument("--timeout", type=float, default=15.0, help="seconds for a printer")
    parser.add_argument("--once", action="store_true", help="print what waits, then end")
    parser.add_argument("--dry-run", metavar="FOLDER", help="write files, print nothing")
    options = parser.parse_args(words)
    options.key = read_key(options.key_file)
    for name in ("url", "db", "station", "key"):
        if not getattr(options, name):
            parser.error(f"{name} is missing")
    if not options.url.startswith(("http://", "https://")):
        parser.error("url: an address with http:// or https:// is expected")
    targets = [f"folder:{options.dry_run}"] if options.dry_run else options.printer
    try:
        options.targets = read_targets(targets)
    except ValueError as fault:
        parser.error(str(fault))
    if not options.targets:
        parser.error("name a printer, or --dry-run")
    return options


def read_key(path):
    """The API key: never an argument, which everybody on the machine could read."""
    return Path(path).read_text().strip() if path else os.environ.get("OM_PRINT_KEY")


def main(words=None):
    options = read_arguments(words)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    agent = Agent(
        Server(options.url, options.db, options.key),
        options.station,
        Printers(options.targets, options.timeout),
        Journal(options.journal),
        options.limit,
        options.poll,
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, agent.stop)
    return 0 if agent.run(options.once) else 1


if __name__ == "__main__":
    sys.exit(main())
