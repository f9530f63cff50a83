"""The running bridge: who may ask, from where, how often; and what the resident's screen shows meanwhile."""

import http.client
import json
import threading
import time

import pytest

from cardbridge.config import Config
from cardbridge.reader import CardReader
from cardbridge.server import BridgeServer
from tests.cardbridge.orderkit import ORIGIN, PUBLIC, order
from tests.cardbridge.virtual_card import Card, Readers

JSON = {"Content-Type": "application/json"}
PORTAL = JSON | {"Origin": ORIGIN}

# seconds that a busy machine may take for anything
PATIENCE = 60


def wait_until(is_so):
    for _ in range(PATIENCE * 50):
        if is_so():
            return
        time.sleep(0.02)
    raise TimeoutError


class Bridge:
    """The server in a thread, and a client as raw as an attacker's."""

    def __init__(self, card, seconds=PATIENCE):
        self.readers = Readers(one=card)
        reader = CardReader(patience=0.0, opened=self.readers.opened)
        self.server = BridgeServer(Config(ORIGIN, PUBLIC, 0), reader, seconds=seconds)
        self.own = JSON | {"Origin": f"http://{self.server.host}", "Sec-Fetch-Site": "same-origin"}
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def ask(self, method, path, content=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.server_port, timeout=2 * PATIENCE)
        body = content if isinstance(content, bytes) else json.dumps(content).encode() if content is not None else None
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        kind = answer.headers.get_content_type()
        return answer.status, json.loads(text) if kind == "application/json" else text.decode(), answer.headers

    def desk(self, **changes):
        """The desk page asks, in a thread: it waits for the resident."""
        waiting = Waiting(lambda: self.ask("POST", "/readings", {"order": order(**changes)}, PORTAL)[:2])
        wait_until(lambda: self.screen()["stage"] != "idle" or waiting.is_over)
        return waiting

    def screen(self):
        return self.ask("GET", "/screen", headers={"Sec-Fetch-Site": "same-origin"})[1]

    def type(self, digits, kind="pin", **more):
        content = {"reading": self.screen()["reading"], "kind": kind, "digits": digits, **more}
        return self.ask("POST", "/secret", content, self.own)[1]

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


class Waiting(threading.Thread):
    def __init__(self, work):
        super().__init__(daemon=True)
        self.work, self.result = work, None
        self.start()

    def run(self):
        self.result = self.work()

    @property
    def is_over(self):
        return not self.is_alive()

    def answer(self):
        self.join(2 * PATIENCE)
        return self.result


@pytest.fixture
def bridge():
    bridge = Bridge(Card())
    yield bridge
    bridge.close()


# --- a reading ---------------------------------------------------------------------------------


def test_desk_gets_the_four_attributes_after_the_resident_typed(bridge):
    desk = bridge.desk()
    assert bridge.screen()["stage"] == "asking"
    bridge.type("1234")
    assert desk.answer() == (
        200,
        {
            "name": "高橋　さくら",
            "address": "東京都青梅市東青梅１丁目１１番地の１",
            "birth_date": "1990-01-15",
            "sex": "female",
        },
    )
    screen = bridge.screen()
    assert (screen["stage"], screen["message"]) == ("idle", "読み取りました。カードをお取りください。")


def test_wrong_pin_stays_with_the_resident(bridge):
    desk = bridge.desk()
    screen = bridge.type("0000")
    assert screen["stage"] == "asking"
    assert "あと2回" in screen["message"]
    assert not desk.is_over
    bridge.type("1234")
    assert desk.answer()[0] == 200


def test_last_try_asks_first(bridge):
    bridge.readers.cards["one"] = card = Card(left=(1, 10))
    desk = bridge.desk()
    screen = bridge.type("0000")
    assert (screen["is_last_try"], sum(card.left.values())) == (True, 11)
    bridge.type("1234", may_be_last=True)
    assert desk.answer()[0] == 200


def test_blocked_card_ends_the_reading_for_both(bridge):
    bridge.readers.cards["one"] = Card(left=(0, 10))
    desk = bridge.desk()
    screen = bridge.type("1234")
    status, body = desk.answer()
    assert (status, body["code"]) == (409, "blocked")
    assert screen["message"] == body["message"]


def test_something_else_than_a_pin_never_reaches_the_card(bridge):
    desk = bridge.desk()
    for digits, kind in (("12", "pin"), ("123456789018", "pin"), ("123456789018", "code_b"), ("1234", "code_a")):
        assert "桁数" in bridge.type(digits, kind)["message"]
    assert bridge.readers.cards["one"].commands == []
    bridge.type("02011520301234", "code_b")
    assert desk.answer()[0] == 200


def test_no_card_lets_the_resident_try_again(bridge):
    card = bridge.readers.cards["one"]
    bridge.readers.cards["one"] = None
    desk = bridge.desk()
    assert "カードが見つかりません" in bridge.type("1234")["message"]
    bridge.readers.cards["one"] = card
    bridge.type("1234")
    assert desk.answer()[0] == 200


def test_resident_may_refuse(bridge):
    desk = bridge.desk()
    bridge.ask("POST", "/refusal", {"reading": bridge.screen()["reading"]}, bridge.own)
    assert (desk.answer()[0], desk.answer()[1]["code"]) == (409, "cancelled")


def test_nobody_types():
    bridge = Bridge(Card(), seconds=0.3)
    status, body = bridge.desk().answer()
    bridge.close()
    assert (status, body["code"]) == (409, "timed_out")


def test_second_tap_ends_the_first(bridge):
    first = bridge.desk(nonce="a" * 22)
    second = bridge.desk(nonce="b" * 22)
    assert first.answer()[1]["code"] == "replaced"
    bridge.type("1234")
    assert second.answer()[0] == 200


def test_secret_for_a_reading_that_is_over_opens_nothing(bridge):
    first = bridge.desk(nonce="a" * 22)
    old = bridge.screen()["reading"]
    second = bridge.desk(nonce="b" * 22)
    first.answer()
    bridge.ask("POST", "/secret", {"reading": old, "kind": "pin", "digits": "1234"}, bridge.own)
    assert (bridge.readers.cards["one"].commands, second.is_over) == ([], False)
    bridge.type("1234")
    assert second.answer()[0] == 200


def test_desk_that_went_away_ends_the_reading(bridge):
    connection = http.client.HTTPConnection("127.0.0.1", bridge.server.server_port)
    connection.request("POST", "/readings", json.dumps({"order": order()}).encode(), PORTAL)
    wait_until(lambda: bridge.screen()["stage"] != "idle")
    connection.close()
    wait_until(lambda: bridge.screen()["stage"] == "idle")
    assert bridge.type("1234")["stage"] == "idle"
    assert bridge.readers.cards["one"].commands == []


def test_order_is_good_for_one_reading(bridge):
    text = order()
    first = Waiting(lambda: bridge.ask("POST", "/readings", {"order": text}, PORTAL))
    wait_until(lambda: bridge.screen()["stage"] != "idle")
    bridge.type("1234")
    assert first.answer()[0] == 200
    status, body, _headers = bridge.ask("POST", "/readings", {"order": text}, PORTAL)
    assert (status, body["code"]) == (403, "refused")


def test_nothing_is_held_after_the_answer(bridge):
    desk = bridge.desk()
    bridge.type("1234")
    desk.answer()
    assert (bridge.server.readings._now, "高橋" in str(bridge.screen())) == (None, False)


def test_nothing_is_printed(bridge, capfd):
    desk = bridge.desk()
    bridge.type("0000")
    bridge.type("1234")
    desk.answer()
    bridge.ask("POST", "/readings", b"{", PORTAL)
    assert capfd.readouterr() == ("", "")


# --- who may ask -------------------------------------------------------------------------------


def test_server_listens_on_this_computer_only(bridge):
    assert bridge.server.server_address[0] == "127.0.0.1"


@pytest.mark.parametrize(
    "origin", [None, "null", "https://evil.example", ORIGIN + ":444", ORIGIN.replace("https", "http")]
)
def test_other_sites_get_nothing(bridge, origin):
    headers = JSON | ({"Origin": origin} if origin else {})
    for method in ("POST", "OPTIONS"):
        status, _body, answered = bridge.ask(method, "/readings", {"order": order()}, headers)
        assert (status, answered.get("Access-Control-Allow-Origin")) == (403, None)
    assert bridge.screen()["stage"] == "idle"


@pytest.mark.parametrize("host", ["evil.example", "localhost:PORT", "127.0.0.1", "127.0.0.1:1", "[::1]:PORT"])
def test_other_names_of_this_computer_get_nothing(bridge, host):
    name = host.replace("PORT", str(bridge.server.server_port))
    for method, path in (
        ("GET", "/"),
        ("GET", "/screen"),
        ("POST", "/readings"),
        ("POST", "/secret"),
        ("OPTIONS", "/readings"),
    ):
        assert bridge.ask(method, path, {"order": order()}, PORTAL | {"Host": name})[0] == 403


def test_browser_may_ask_for_an_address_of_this_computer(bridge):
    wish = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST", "Access-Control-Request-Private-Network": "true"}
    status, _body, headers = bridge.ask("OPTIONS", "/readings", headers=wish)
    assert status == 204
    assert headers["Access-Control-Allow-Origin"] == ORIGIN
    assert headers["Access-Control-Allow-Private-Network"] == "true"
    assert (headers["Access-Control-Allow-Headers"], headers["Vary"]) == ("Content-Type", "Origin")
    assert headers["Access-Control-Allow-Credentials"] is None


def test_portal_may_not_read_the_resident_screen(bridge):
    for path in ("/", "/screen", "/resident.js"):
        assert bridge.ask("GET", path, headers={"Origin": ORIGIN})[2]["Access-Control-Allow-Origin"] is None
    assert bridge.ask("GET", "/screen", headers={"Sec-Fetch-Site": "cross-site"})[0] == 403
    assert bridge.ask("OPTIONS", "/secret", headers={"Origin": ORIGIN})[0] == 403


@pytest.mark.parametrize("change", [{"Origin": ORIGIN}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}])
def test_only_the_own_page_may_send_a_secret(bridge, change):
    desk = bridge.desk()
    content = {"reading": bridge.screen()["reading"], "kind": "pin", "digits": "1234"}
    for path in ("/secret", "/refusal"):
        assert bridge.ask("POST", path, content, bridge.own | change)[0] == 403
    assert (bridge.readers.cards["one"].commands, desk.is_over) == ([], False)
    bridge.type("1234")
    desk.answer()


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        (b"{", {}),
        (b"[]", {}),
        (b"\xff", {}),
        (b"{}", {}),
        (b'{"order": 5}', {}),
        (b"{}", {"Content-Type": "text/plain"}),
        (b"{}", {"Content-Length": "99999999"}),
        (b"", {"Content-Length": "-1"}),
    ],
)
def test_what_is_no_order_is_refused(bridge, content, headers):
    status, body, _headers = bridge.ask("POST", "/readings", content, PORTAL | headers)
    assert (status, body["code"]) == (403, "refused")


def test_expired_order_is_said(bridge):
    status, body, _headers = bridge.ask("POST", "/readings", {"order": order(exp=int(time.time()) - 500)}, PORTAL)
    assert (status, body["code"]) == (403, "expired")


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/readings"), ("GET", "/../config.py"), ("GET", "/pages/resident.html"), ("POST", "/x")],
)
def test_there_is_nothing_else(bridge, method, path):
    assert bridge.ask(method, path, {}, bridge.own)[0] == 404


def test_page_of_the_resident_is_framed_and_kept_by_nobody(bridge):
    for path in ("/", "/resident.js", "/resident.css"):
        status, _body, headers = bridge.ask("GET", path)
        assert (status, headers["Cache-Control"], headers["X-Frame-Options"]) == (200, "no-store", "DENY")
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["Server"] == "cardbridge"
