"""Settings that are read strictly: a wrong value stops the start."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.settings import env

TILES = "https://tiles.example.jp:8443/std/{z}/{x}/{y}.png"


def test_tiles_name_the_one_origin_pictures_come_from(monkeypatch):
    monkeypatch.setenv("MAP_TILE_URL", TILES)
    assert env.tiles("MAP_TILE_URL") == (TILES, ["https://tiles.example.jp:8443"])
    monkeypatch.setenv("MAP_TILE_URL", "")
    assert env.tiles("MAP_TILE_URL") == ("", [])


@pytest.mark.parametrize(
    "address",
    [
        "https://tiles.example.jp/std/{z}/{x}.png",
        "//tiles.example.jp/{z}/{x}/{y}",
        "ftp://tiles.example.jp/{z}/{x}/{y}",
        "https://*.example.jp/{z}/{x}/{y}",
        "https://{z}.example.jp/{x}/{y}/{z}",
        "https://a.jp; script-src *//{z}/{x}/{y}",
    ],
)
def test_tiles_that_would_open_the_policy_or_are_no_map_are_refused(monkeypatch, address):
    monkeypatch.setenv("MAP_TILE_URL", address)
    with pytest.raises(ImproperlyConfigured):
        env.tiles("MAP_TILE_URL")


@pytest.mark.parametrize("value", ["35.6", "north,east", "91,0", "0,181", "1,2,3", "nan,0"])
def test_a_position_is_latitude_and_longitude(monkeypatch, value):
    monkeypatch.setenv("MAP_CENTRE", "35.68,139.76")
    assert env.position("MAP_CENTRE", "0,0") == "35.68,139.76"
    monkeypatch.setenv("MAP_CENTRE", value)
    with pytest.raises(ImproperlyConfigured):
        env.position("MAP_CENTRE", "0,0")


def test_an_object_is_json(monkeypatch):
    monkeypatch.delenv("ANYMAIL", raising=False)
    assert env.json_object("ANYMAIL") == {}
    monkeypatch.setenv("ANYMAIL", '{"WEBHOOK_SECRET": "city:secret"}')
    assert env.json_object("ANYMAIL") == {"WEBHOOK_SECRET": "city:secret"}
    for value in ("city:secret", "[]", ""):
        monkeypatch.setenv("ANYMAIL", value)
        with pytest.raises(ImproperlyConfigured):
            env.json_object("ANYMAIL")


@pytest.mark.parametrize("value", ["", "http://127.0.0.1:47365", "http://127.0.0.1:47365/"])
def test_loopback_is_a_port_of_the_readers_own_computer(monkeypatch, value):
    monkeypatch.setenv("CARD_BRIDGE_URL", value)
    assert env.loopback("CARD_BRIDGE_URL") == value.rstrip("/")


@pytest.mark.parametrize(
    "value",
    [
        "https://127.0.0.1:47365",
        "http://localhost:47365",
        "http://127.0.0.1",
        "http://127.0.0.1:80",
        "http://127.0.0.1:47365/a b",
        "*",
    ],
)
def test_nothing_else_is_a_loopback(monkeypatch, value):
    monkeypatch.setenv("CARD_BRIDGE_URL", value)
    with pytest.raises(ImproperlyConfigured):
        env.loopback("CARD_BRIDGE_URL")
