"""The page on which an administrator says how letters are printed and what they cost."""

import re
import subprocess

import pytest
from django.urls import reverse

from cityhall.models import AuditEvent
from notices.forms_letters import DISCOUNTS, RATES
from notices.models import PostSettings
from notices.services.postage import post_settings

URL = "notices:letter_settings"


@pytest.fixture
def answers():
    """What the page sends when nothing was changed."""
    given = {
        "window_left": "22", "window_top": "16", "window_width": "82", "window_height": "38", "is_duplex": "on",
        "inserts": "0", "sheet_grams": "4", "insert_grams": "4", "envelope_grams": "5",
        "rate_0_grams": "50", "rate_0_yen": "110", "rate_1_grams": "100", "rate_1_yen": "180",
        "discount_0_from": "1000", "discount_0_percent": "3.0",
    }  # fmt: skip
    empty = [f"rate_{row}_{part}" for row in range(RATES) for part in ("grams", "yen")]
    empty += [f"discount_{row}_{part}" for row in range(DISCOUNTS) for part in ("from", "percent")]
    return dict.fromkeys(empty, "") | given


def test_settings_are_shown_and_saved(login, administrator, municipality, answers):
    client = login(administrator)
    page = client.get(reverse(URL))
    assert page.context["form"]["rate_4_yen"].value() == 510
    answers |= {"inserts": "2", "is_duplex": ""}
    assert client.post(reverse(URL), answers).status_code == 302
    kept = post_settings()
    assert (kept.inserts, kept.is_duplex) == (2, False)
    assert kept.rates == [{"up_to_grams": 50, "yen": 110}, {"up_to_grams": 100, "yen": 180}]
    assert kept.discounts == [{"from_letters": 1000, "percent": "3.0"}]
    event = AuditEvent.objects.get(target_type="post_settings")
    assert sorted(event.changed_fields) == ["inserts", "is_duplex", "rates"]
    client.post(reverse(URL), answers)
    assert AuditEvent.objects.filter(target_type="post_settings").count() == PostSettings.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"window_width": "60"}, "window_width", "77mm以上"),
        ({"window_height": "20"}, "window_height", "25mm以上"),
        ({"window_top": "70"}, "window_top", "99mm以下"),
        ({"window_left": "60"}, "window_left", "130mm以下"),
        ({"rate_0_grams": "", "rate_0_yen": "", "rate_1_grams": "", "rate_1_yen": ""}, "rate_0_grams", "1段目から"),
        ({"rate_1_yen": ""}, "rate_1_yen", "両方とも"),
        ({"rate_1_grams": "50"}, "rate_1_grams", "前の段より大きい"),
        ({"discount_0_percent": "101"}, "discount_0_percent", "100％以下"),
        ({"rate_0_yen": "100001"}, "rate_0_yen", "100000"),
        ({"rate_1_grams": "99999999999"}, "rate_1_grams", "30000"),
        ({"discount_1_percent": "5"}, "discount_1_from", "両方とも"),
    ],
)
def test_what_cannot_be_is_refused_in_words(login, administrator, municipality, answers, changes, field, words):
    page = login(administrator).post(reverse(URL), answers | changes)
    assert words in str(page.context["form"].errors[field])
    assert not PostSettings.objects.exists()


@pytest.mark.parametrize("name", [URL, "notices:letter_window_sample"])
def test_settings_are_the_administrators(login, handler, name):
    assert login(handler).get(reverse(name)).status_code in (403, 404)


def test_sample_shows_a_long_address_inside_its_window(login, administrator, municipality):
    PostSettings.objects.create(pk=PostSettings.ONLY_PK, window_top=20, window_left=25)
    content = login(administrator).get(reverse("notices:letter_window_sample")).content
    call = ["pdftotext", "-bbox", "-l", "1", "-", "-"]
    boxes = subprocess.run(call, input=content, capture_output=True, check=True).stdout.decode()
    sizes = r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">'
    words = [[float(points) / 72 * 25.4 for points in found] for *found, _word in re.findall(sizes + "([^<]+)", boxes)]
    # the sender stands at the right, the text below
    inside = [box for box in words if box[0] < 120 and box[1] < 65]
    assert len(inside) >= 4
    for left, top, right, bottom in inside:
        assert left >= 25 + 1.5
        assert right <= 25 + 82 - 1.5
        assert top >= 20 + 1.5
        assert bottom <= 20 + 38 - 1.5
