from decimal import Decimal

import pytest

from notices.models import PostSettings
from notices.services import postage


@pytest.fixture
def settings_of_post():
    return PostSettings(
        sheet_grams=4,
        envelope_grams=5,
        insert_grams=3,
        inserts=1,
        rates=[{"up_to_grams": 50, "yen": 110}, {"up_to_grams": 100, "yen": 180}],
        discounts=[{"from_letters": 1000, "percent": "3.0"}, {"from_letters": 5000, "percent": "4.5"}],
    )


def test_sheets_are_counted_on_one_side_or_both():
    assert [postage.sheets_of(pages, is_duplex=True) for pages in (1, 2, 3, 4)] == [1, 1, 2, 2]
    assert postage.sheets_of(3, is_duplex=False) == 3


def test_a_letter_weighs_its_sheets_inserts_and_envelope(settings_of_post):
    assert postage.weight(2, settings=settings_of_post) == Decimal(16)


def test_price_changes_just_above_a_weight(settings_of_post):
    assert postage.unit_price(Decimal(50), settings=settings_of_post) == 110
    assert postage.unit_price(Decimal("50.1"), settings=settings_of_post) == 180


def test_too_heavy_a_letter_is_refused_in_words(settings_of_post):
    with pytest.raises(postage.TooHeavy) as caught:
        postage.unit_price(Decimal("100.5"), settings=settings_of_post)
    assert str(caught.value).startswith("1通が100.5gあり、")


def test_estimate_adds_the_address_sheet_to_the_document(settings_of_post):
    one_page = postage.estimate(10, pages=1, settings=settings_of_post)
    assert one_page == postage.Postage(Decimal(12), 110, Decimal(0), 1100)
    settings_of_post.is_duplex = False
    assert postage.estimate(10, pages=1, settings=settings_of_post).grams == Decimal(16)


@pytest.mark.parametrize(
    ("count", "percent", "total"),
    [(999, "0", 109_890), (1000, "3.0", 106_700), (1001, "3.0", 106_807), (5000, "4.5", 525_250)],
)
def test_many_alike_are_cheaper_and_fractions_of_a_yen_count_as_one(settings_of_post, count, percent, total):
    # 1,001 x 110 x 0.97 = 106,806.7
    found = postage.estimate(count, pages=1, settings=settings_of_post)
    assert (found.discount_percent, found.total_yen) == (Decimal(percent), total)


def test_heavy_letters_get_no_discount(settings_of_post):
    settings_of_post.envelope_grams = 60
    found = postage.estimate(2000, pages=1, settings=settings_of_post)
    assert (found.unit_yen, found.discount_percent, found.total_yen) == (180, Decimal(0), 360_000)


def test_mixed_letters_add_up_with_the_discount_of_the_standard_ones(settings_of_post):
    assert postage.total({110: 1000, 180: 2}, settings=settings_of_post) == 106_700 + 360


@pytest.mark.django_db
def test_settings_nobody_changed_are_the_standard_ones():
    assert postage.post_settings().rates[0] == {"up_to_grams": 50, "yen": 110}
    PostSettings.objects.create(pk=PostSettings.ONLY_PK, inserts=2)
    assert postage.post_settings().inserts == 2
