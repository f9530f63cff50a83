import pytest

from residents.business_forms import BusinessForm

GOOD = {"name": "緑野商店", "representative": "緑野 太郎", "address": "東京都緑野市緑町1-2-3"}


@pytest.mark.parametrize("name", GOOD)
def test_a_my_number_is_refused_beside_its_box(name):
    assert BusinessForm(GOOD).is_valid()
    form = BusinessForm(GOOD | {name: f"{GOOD[name]} 1234-5678-9018"})
    assert list(form.errors) == [name]
    assert form.errors[name][0].startswith("マイナンバー（個人番号）と思われる12桁の数字があります。")
