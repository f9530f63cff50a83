"""A card at the desk: the clerk's page, the program of the counter PC, and the resident's screen, in a real browser."""

import threading
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from cardbridge.config import from_mapping
from cardbridge.reader import CardReader
from cardbridge.server import BridgeServer
from counter import card
from counter.models import Visit
from counter.services import visits
from tests import factories
from tests.cardbridge.virtual_card import Card, Readers, attributes_file
from tests.counter.deskkit import make_place

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = {"width": 1180, "height": 820}
ADDRESS = "東京都緑野市緑町３－３０－８　郵便ビル４０３号"


@pytest.fixture
def bridge(settings, origin):
    """The program as it runs on a counter PC, with a card on its reader."""
    settings.SITE_URL = origin
    readers = Readers(one=Card(attributes_file(address=ADDRESS, birth="19900412")))
    config = from_mapping({"portal": card.portal_origin(), "portal_key": card.public_key()})
    # any free port: one of these may run on this computer
    server = BridgeServer(replace(config, port=0), CardReader(patience=0.0, opened=readers.opened))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    settings.CARD_BRIDGE_URL = f"http://{server.host}"
    yield readers
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def visit(municipality, department, clerk):
    return visits.start(place=make_place(department), by=clerk, request_key="card")


def identify(visit):
    return f"/staff/visits/{visit.public_id}/identify/"


def type_pin(screen, digits):
    screen.get_by_label("券面事項入力補助用の暗証番号").fill(digits)
    screen.get_by_role("button", name="読み取る").click()


def test_card_is_read_while_the_resident_types_on_another_screen(open_browser, bridge, visit, clerk, settings, axe):
    resident = factories.make_resident()
    desk = open_browser(clerk, size=DESK)
    desk.goto(identify(visit))
    axe(desk)
    screen = open_browser(size=DESK)
    screen.goto(f"{settings.CARD_BRIDGE_URL}/")
    expect(screen.get_by_text("係の者がご案内するまで")).to_be_visible()
    axe(screen)
    desk.get_by_role("button", name="カードを読み取る").click()
    expect(desk.get_by_text("暗証番号の入力を待っています")).to_be_visible()
    expect(screen.get_by_text("マイナンバーは読み取りません")).to_be_visible()
    axe(screen)
    type_pin(screen, "9999")
    expect(screen.get_by_text("あと2回")).to_be_visible()
    expect(screen.get_by_label("券面事項入力補助用の暗証番号")).to_have_value("")
    for digit in "1234":
        screen.get_by_role("button", name=digit, exact=True).click()
    screen.get_by_role("button", name="読み取る").click()
    expect(screen.get_by_text("カードをお取りください")).to_be_visible()
    expect(desk.get_by_text("カードを読み取りました")).to_be_visible()
    expect(desk.get_by_text("カードとの照合")).to_be_visible()
    expect(desk.get_by_role("radio", name=resident.full_name)).to_be_checked()
    axe(desk)
    assert Visit.objects.get(pk=visit.pk).card["name"] == "高橋　さくら"


def test_clerk_gives_up_and_the_resident_refuses(open_browser, bridge, visit, clerk, settings):
    desk = open_browser(clerk, size=DESK)
    desk.goto(identify(visit))
    screen = open_browser(size=DESK)
    screen.goto(f"{settings.CARD_BRIDGE_URL}/")
    desk.get_by_role("button", name="カードを読み取る").click()
    expect(screen.get_by_role("button", name="やめる")).to_be_visible()
    desk.get_by_role("button", name="読み取りをやめる").click()
    expect(desk.get_by_text("読み取りをやめました")).to_be_visible()
    expect(screen.get_by_text("係の者がご案内するまで")).to_be_visible()
    desk.get_by_role("button", name="カードを読み取る").click()
    screen.get_by_role("button", name="やめる").click()
    expect(desk.get_by_text("カードの読み取りをやめました")).to_be_visible()
    assert bridge.cards["one"].commands == []


def test_desk_goes_on_without_the_program(open_browser, visit, clerk, settings):
    settings.CARD_BRIDGE_URL = "http://127.0.0.1:1024"
    desk = open_browser(clerk, size=DESK)
    desk.goto(identify(visit))
    desk.get_by_role("button", name="カードを読み取る").click()
    expect(desk.get_by_text("カードリーダーのプログラムにつながりません")).to_be_visible()
    expect(desk.get_by_role("button", name="本人確認を終えて")).to_be_enabled()
