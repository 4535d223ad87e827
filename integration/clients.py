"""Three ways to call the same public methods: XML-RPC, JSON-RPC through odoorpc, and JSON-2.

Every client has ``call(model, method, ids=None, **arguments)``. Arguments are keywords, as the
public methods of Order Management take them.
"""

import json
import urllib.error
import urllib.request
import xmlrpc.client
from urllib.parse import urlsplit

import odoorpc


class CallError(Exception):
    """The server refused the call; ``kind`` is the exception's name on the server."""

    def __init__(self, kind, message):
        super().__init__(f"{kind}: {message}")
        self.kind = kind
        self.message = message


# Fault codes of Odoo's XML-RPC
FAULTS = {2: "UserError", 3: "AccessDenied", 4: "AccessError"}


def positional_arguments(ids, method, arguments):
    """What goes before the keywords: record ids, and the values of core's ``create``."""
    if method == "create":
        return [arguments.pop("vals_list")]
    return [] if ids is None else [ids]


class XmlRpcClient:
    """``xmlrpc.client`` of the standard library."""

    def __init__(self, url, database, login, password):
        self.database, self.password = database, password
        common = xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/common")
        self.uid = common.authenticate(database, login, password, {})
        if not self.uid:
            raise CallError("AccessDenied", f"{login} may not log in")
        self.models = xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/object")

    def call(self, model, method, ids=None, **arguments):
        positional = positional_arguments(ids, method, arguments)
        try:
            return self.models.execute_kw(
                self.database, self.uid, self.password, model, method, positional, arguments
            )
        except xmlrpc.client.Fault as fault:
            kind = FAULTS.get(fault.faultCode, "Error")
            raise CallError(kind, fault.faultString) from None


class OdooRpcClient:
    """The odoorpc library, which speaks JSON-RPC."""

    def __init__(self, url, database, login, password):
        address = urlsplit(url)
        protocol = "jsonrpc+ssl" if address.scheme == "https" else "jsonrpc"
        self.odoo = odoorpc.ODOO(
            address.hostname, protocol=protocol, port=address.port, timeout=300
        )
        self.odoo.login(database, login, password)

    def call(self, model, method, ids=None, **arguments):
        positional = positional_arguments(ids, method, arguments)
        try:
            return self.odoo.execute_kw(model, method, positional, arguments)
        except odoorpc.error.RPCError as error:
            data = (error.info or {}).get("data", {})
            kind = data.get("name", "Error").rsplit(".", 1)[-1]
            raise CallError(kind, data.get("message", str(error))) from None


class Json2Client:
    """JSON-2 with an API key: one POST per call, named arguments."""

    def __init__(self, url, database, key):
        self.url, self.database, self.key = url, database, key

    def call(self, model, method, ids=None, **arguments):
        body = dict(arguments) if ids is None else {"ids": ids, **arguments}
        request = urllib.request.Request(
            f"{self.url}/json/2/{model}/{method}",
            data=json.dumps(body).encode(),
            headers={
                "Authorization": f"bearer {self.key}",
                "Content-Type": "application/json",
                "X-Odoo-Database": self.database,
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=300) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise self._refusal(error) from None

    def _refusal(self, error):
        text = error.read().decode()
        try:
            data = json.loads(text)
        except ValueError:
            return CallError(str(error.code), text[:500])
        return CallError(data.get("name", "").rsplit(".", 1)[-1], data.get("message", text))


class WebSession:
    """A browser's session: what only a logged-in person may do, such as making an API key."""

    def __init__(self, url, database, login, password):
        self.url = url
        cookies = urllib.request.HTTPCookieProcessor()
        self.opener = urllib.request.build_opener(cookies)
        self._post("/web/session/authenticate", db=database, login=login, password=password)

    def call(self, model, method, *positional, **keywords):
        return self._post(
            "/web/dataset/call_kw", model=model, method=method, args=positional, kwargs=keywords
        )

    def _post(self, path, **params):
        request = urllib.request.Request(
            self.url + path,
            data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}).encode(),
            headers={"Content-Type": "application/json"},
        )
        with self.opener.open(request, timeout=300) as answer:
            body = json.load(answer)
        if "error" in body:
            data = body["error"].get("data", {})
            raise CallError(data.get("name", "").rsplit(".", 1)[-1], data.get("message"))
        return body["result"]


def make_key(url, database, login, password, name="integration"):
    """Make an API key for a user, confirming the password as the screen does.

    :return str: the key, shown this once
    """
    session = WebSession(url, database, login, password)
    values = {"name": name, "duration": "1"}
    wizard = session.call("res.users.apikeys.description", "create", [values])
    asked = session.call("res.users.apikeys.description", "make_key", wizard)
    answer = session.call(
        "res.users.identitycheck",
        "run_check",
        [asked["res_id"]],
        context={"password": password},
    )
    return answer["context"]["default_key"]


def connect(protocol, url, database, login, password):
    """A client of the named protocol: ``xmlrpc``, ``odoorpc`` or ``json2``."""
    if protocol == "json2":
        return Json2Client(url, database, make_key(url, database, login, password))
    kind = {"xmlrpc": XmlRpcClient, "odoorpc": OdooRpcClient}[protocol]
    return kind(url, database, login, password)
