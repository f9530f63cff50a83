"""Postal codes: every town of a code, from the official list."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from residents.addresses import format_postal_code, lookup, normalize_postal_code


@pytest.mark.parametrize(
    ("code", "labels"),
    [
        ("498-0000", ["愛知県弥富市", "三重県桑名郡木曽岬町"]),
        ("618-0000", ["京都府乙訓郡大山崎町", "大阪府三島郡島本町"]),
        ("871-0000", ["福岡県築上郡吉富町", "大分県中津市"]),
        ("100-0001", ["東京都千代田区千代田"]),
        ("〒１００－０００１", ["東京都千代田区千代田"]),
        ("000-0000", []),
        ("12345", []),
        ("1' OR 1=1", []),
    ],
)
def test_lookup_gives_every_town(code, labels):
    assert [town.label for town in lookup(code)] == labels


def test_lookup_of_a_rest_of_city_code_has_no_town():
    assert [town.town for town in lookup("4980000")] == ["", ""]


def test_lookup_of_a_business_code_has_street_and_name():
    (town,) = lookup("100-8111")
    assert (town.town, town.street, town.building) == ("千代田", "1-1", "宮内庁")


def test_lookup_works_in_many_threads_at_once():
    codes = [f"10000{number:02d}" for number in range(1, 15)] * 10
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lookup, codes))
    assert [[town.label for town in towns] for towns in found] == [[town.label for town in lookup(c)] for c in codes]


def test_normalize_postal_code_takes_what_people_type():
    assert normalize_postal_code(" 〒100ー0001 ") == "1000001"
    assert normalize_postal_code("100000") is None
    assert normalize_postal_code("1000001x") is None


def test_format_postal_code_leaves_other_texts_alone():
    assert format_postal_code("1000001") == "100-0001"
    assert format_postal_code("") == ""
