"""The maps: in forms that ask for a place, and of reports. A server of tiles nearby, a real browser."""

import io
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.conf import settings as django_settings
from django.urls import reverse
from PIL import Image
from playwright.sync_api import expect

from applications.reports.positions import position
from applications.services.reports import publish
from tests.applications import sample
from tests.applications.reportkit import make_kind, make_report

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DOCUMENT = {
    "schema": 1,
    "pages": [
        {
            "key": "place",
            "title": "場所",
            "fields": [{"key": "place", "type": "place", "label": "場所", "required": True}],
        }
    ],
}


@pytest.fixture
def tiles():
    """The address of tiles in one colour, and the paths that were asked for."""
    picture = io.BytesIO()
    Image.new("RGB", (256, 256), "#cde").save(picture, "PNG")
    asked = []

    class Tiles(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, self.headers.get("Referer")))
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.end_headers()
            self.wfile.write(picture.getvalue())

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Tiles)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def with_map(settings, tiles):
    """The settings of a city that has a map."""
    origin, asked = tiles
    settings.MAP_TILE_URL = f"{origin}/{{z}}/{{x}}/{{y}}.png"
    settings.MAP_CENTRE = "35.6762,139.6503"
    settings.MAP_SOURCE = "地理院タイル"
    policy = django_settings.CONTENT_SECURITY_POLICY
    pictures = [*policy["DIRECTIVES"]["img-src"], origin]
    settings.CONTENT_SECURITY_POLICY = policy | {"DIRECTIVES": policy["DIRECTIVES"] | {"img-src": pictures}}
    return asked


@pytest.fixture
def draft(department, municipality, resident):
    return sample.start(sample.make_procedure(department=department, document=DOCUMENT), resident)


def _open(open_browser, draft, resident, **more):
    page = open_browser(resident.user, **more)
    page.goto(reverse("applications:draft_page", args=[draft.public_id, 1]))
    return page


def _position(page):
    """Where the mark is, once it has come to rest."""
    before, now = None, _boxes(page)
    while now != before:
        page.wait_for_timeout(100)
        before, now = now, _boxes(page)
    return [float(value or "nan") for value in now]


def _boxes(page):
    return [page.locator(f'[name$=".{part}"]').input_value() for part in ("latitude", "longitude")]


def test_the_mark_is_moved_by_keys_taps_and_drags(open_browser, draft, resident, with_map, axe):
    page = _open(open_browser, draft, resident)
    view = page.get_by_role("group", name="地図。矢印キー")
    expect(page.get_by_text("地理院タイル")).to_be_visible()
    expect(view.locator("img")).to_have_count(9)
    _wait_for_tiles(page)
    # nothing is filled in before the person has moved the map
    assert [path for path, _referer in with_map if path == "/14/14547/6451.png"]
    assert {referer for _path, referer in with_map} == {None}
    assert page.locator('[name$=".latitude"]').input_value() == ""
    axe(page)

    view.focus()
    page.keyboard.press("ArrowUp")
    first = _position(page)
    assert first[0] > 35.6762
    assert first[1] == pytest.approx(139.6503, abs=0.00001)

    box = view.bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.click(middle[0] + 64, middle[1])
    tapped = _position(page)
    # a quarter of a tile of the 14th zoom
    assert tapped[1] - first[1] == pytest.approx(360 / 2**14 / 4, abs=0.00002)

    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + 64, middle[1], steps=4)
    page.mouse.up()
    assert _position(page) == pytest.approx(first, abs=0.00002)
    assert page.problems == []

    page.get_by_role("button", name="次へ").click()
    expect(page.get_by_text(f"緯度 {first[0]:.5f}"[:10])).to_be_visible()


def test_the_map_follows_what_is_typed_and_is_magnified(open_browser, draft, resident, with_map):
    page = _open(open_browser, draft, resident)
    page.get_by_text("緯度・経度を入力する").click()
    page.locator('[name$=".latitude"]').fill("43.06")
    page.locator('[name$=".longitude"]').fill("141.35")
    expect(page.locator('img[src*="/17/"]')).to_have_count(9)
    page.get_by_role("button", name="地図を縮小する").click()
    expect(page.locator('img[src*="/16/"]')).to_have_count(9)
    # magnifying is no answer
    assert _position(page) == [43.06, 141.35]


def test_without_the_setting_there_is_no_map(open_browser, draft, resident):
    page = _open(open_browser, draft, resident)
    expect(page.get_by_label("場所の説明")).to_be_visible()
    expect(page.locator(".map")).to_have_count(0)
    assert page.locator('script[src*="place-map"]').count() == 0


def test_without_javascript_the_note_is_enough(open_browser, draft, resident, with_map):
    page = _open(open_browser, draft, resident, javascript=False)
    page.get_by_label("場所の説明").fill("市役所の前")
    page.get_by_role("button", name="次へ").click()
    expect(page.get_by_role("heading", level=1, name="内容の確認")).to_be_visible()
    assert with_map == []


def _wait_for_tiles(page):
    """Until every tile is a picture. Waiting inside the page needs `eval`, which the page's policy forbids."""
    expect(page.locator(".map__tile").first).to_be_attached()
    loaded = "[...document.querySelectorAll('.map__tile')].every((one) => one.naturalWidth === 256)"
    for _try in range(100):
        if page.evaluate(loaded):
            return
        page.wait_for_timeout(100)
    raise AssertionError("tiles are missing")


def test_reports_stand_on_the_tiles_under_their_numbers(open_browser, department, municipality, handler, with_map, axe):
    kind = make_kind(department)
    for latitude in ("35.670", "35.680"):
        report = make_report(kind, position=position(latitude, "139.650"))
        publish(report=report, is_public=True, text=f"北緯{latitude}の穴", photos=[], by=handler)
    page = open_browser()
    page.goto(reverse("applications:report_list"))
    view = page.get_by_role("group", name="通報の地図")
    _wait_for_tiles(page)
    assert {referer for _path, referer in with_map} == {None}
    expect(view.locator(".map__point")).to_have_count(2)
    marks = {mark.inner_text(): mark.bounding_box() for mark in view.locator(".map__point").all()}
    # the newest is number 1, and lies to the north
    assert marks["1"]["x"] == pytest.approx(marks["2"]["x"], abs=1)
    assert marks["1"]["y"] < marks["2"]["y"]
    edges = view.bounding_box()
    assert all(edges["x"] < box["x"] < edges["x"] + edges["width"] for box in marks.values())
    axe(page)
    asked = len(with_map)
    page.get_by_role("button", name="地図を拡大する").click()
    _wait_for_tiles(page)
    assert len(with_map) > asked
    assert page.problems == []
