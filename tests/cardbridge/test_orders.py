"""Orders: only the portal's, only for this portal and purpose, only for a short time, only once."""

import time

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cardbridge.config import BadConfig, Config, from_mapping, load
from cardbridge.errors import Expired, Refused
from cardbridge.orders import Orders
from tests.cardbridge.orderkit import KEY, ORIGIN, PUBLIC, order, packed

NOW = 1_800_000_000


@pytest.fixture
def orders():
    return Orders(PUBLIC, ORIGIN)


def test_order_is_taken_once(orders):
    text = order()
    assert orders.take(text).nonce == "n" * 22
    with pytest.raises(Refused):
        orders.take(text)


def test_same_nonce_in_another_order_is_refused(orders):
    orders.take(order(exp=int(time.time()) + 50))
    with pytest.raises(Refused):
        orders.take(order(exp=int(time.time()) + 60))


def test_nonces_are_forgotten_when_no_order_can_come_again(orders):
    orders.take(order(exp=NOW + 60), NOW)
    orders.take(order(exp=NOW + 1000, nonce="m" * 22), NOW + 900)
    assert list(orders._used) == ["m" * 22]


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "a.b",
        "ä.ö",
        order() + "A",
        order()[:-4],
        order().replace(".", ""),
        "x" * 5000,
        order(key=Ed25519PrivateKey.from_private_bytes(bytes(32))),
        # signed by the right key for another purpose
        order(context=b""),
        order(context=b"frontyard card bridge order 2\0"),
        order(v=2),
        order(aud="another"),
        order(origin="https://evil.example"),
        order(nonce=""),
        order(nonce=5),
        order(exp=True),
        order(exp="soon"),
        f"{packed(b'[]')}.{packed(KEY.sign(b'frontyard card bridge order 1' + bytes(1) + b'[]'))}",
    ],
)
def test_what_is_no_order_is_refused(orders, text):
    with pytest.raises(Refused) as caught:
        orders.take(text)
    assert caught.type is Refused


@pytest.mark.parametrize("late", [-121, 421])
def test_order_of_another_time_is_refused(orders, late):
    with pytest.raises(Expired):
        orders.take(order(exp=NOW + late), NOW)


@pytest.mark.parametrize("late", [-119, 419])
def test_clocks_may_differ_a_little(orders, late):
    assert orders.take(order(exp=NOW + late), NOW)


# --- the configuration ------------------------------------------------------------------------

GOOD = {"portal": ORIGIN, "portal_key": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}


def test_configuration(tmp_path):
    path = tmp_path / "cardbridge.toml"
    lines = [f'{name} = "{value}"' for name, value in GOOD.items()]
    # as an editor on Windows saves it
    path.write_text("\n".join([*lines, "port = 50000", 'reader = "SONY"']), encoding="utf-8-sig")
    assert load(path) == Config(ORIGIN, bytes(range(32)), 50000, "SONY")


@pytest.mark.parametrize(
    "portal", ["http://localhost:8000", "https://portal.city.example.jp/", "HTTPS://Portal.city.example.jp"]
)
def test_portals_that_may_ask(portal):
    assert from_mapping(GOOD | {"portal": portal}).origin == portal.rstrip("/").lower()


@pytest.mark.parametrize(
    "change",
    [
        {"portal": "http://portal.city.example.jp"},
        {"portal": "https://portal.city.example.jp/staff/"},
        {"portal": "https://user@portal.city.example.jp"},
        {"portal": "*"},
        {"portal": None},
        {"portal_key": "AAEC"},
        {"portal_key": "not base64 at all"},
        {"portal_key": None},
        {"port": 80},
        {"port": "47365"},
        {"port": True},
        {"reader": 1},
        {"potral": "x"},
    ],
)
def test_configuration_that_is_wrong_is_said(change):
    with pytest.raises(BadConfig):
        from_mapping(GOOD | change)


@pytest.mark.parametrize("text", ["portal = ", "\udcff"])
def test_file_that_is_no_configuration(tmp_path, text):
    path = tmp_path / "cardbridge.toml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(BadConfig):
        load(path)
    with pytest.raises(BadConfig):
        load(tmp_path / "missing.toml")
