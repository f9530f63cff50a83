"""The postal code look-up of our own pages."""

import pytest

pytestmark = pytest.mark.django_db


def get(client, code):
    return client.get(f"/api/ui/postal-codes/{code}/")


def test_postal_code_gives_every_town_and_may_be_cached(client):
    response = get(client, "498-0000")
    assert response.status_code == 200
    assert response.json() == {
        "postal_code": "4980000",
        "addresses": [
            {
                "prefecture": "愛知県", "city": "弥富市", "town": "", "street": "", "building": "",
                "label": "愛知県弥富市",
            },
            {
                "prefecture": "三重県", "city": "桑名郡木曽岬町", "town": "", "street": "", "building": "",
                "label": "三重県桑名郡木曽岬町",
            },
        ],
    }  # fmt: skip
    assert response["Cache-Control"] == "public, max-age=86400"


@pytest.mark.parametrize("code", ["0000000", "123", "abc", "１００"])
def test_postal_code_that_is_unknown_says_so(client, code):
    response = get(client, code)
    assert response.status_code == 404
    answer = response.json()
    assert answer["code"] == "not_found"
    assert answer["message"].startswith("この郵便番号は見つかりませんでした。")


def test_postal_code_costs_no_query(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert get(client, "1000001").status_code == 200
