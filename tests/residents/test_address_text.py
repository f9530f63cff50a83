"""An address in one line is taken apart by the official list, and never guessed at."""

import pytest

from residents.address_text import take_apart

PARTS = ("postal_code", "prefecture", "city", "town", "street", "building")


def parts(text, **options):
    place = take_apart(text, **options)
    return place and tuple(getattr(place, part) for part in PARTS)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("東京都青梅市東青梅１丁目１１番地の１", ("1980042", "東京都", "青梅市", "東青梅", "１丁目１１番地の１", "")),
        # names of cities that hold the word for city, and that begin like another
        ("三重県四日市市諏訪町1-5", ("5100085", "三重県", "四日市市", "諏訪町", "1-5", "")),
        ("奈良県大和郡山市北郡山町248-4", ("6391160", "奈良県", "大和郡山市", "北郡山町", "248-4", "")),
        ("東京都武蔵村山市本町1-1-1", ("2080004", "東京都", "武蔵村山市", "本町", "1-1-1", "")),
        # the prefecture may be left out where the city's name is the only one
        (
            "青梅市東青梅1-11-1　青梅マンション 101",
            ("1980042", "東京都", "青梅市", "東青梅", "1-11-1", "青梅マンション 101"),
        ),
        # a town that the list writes otherwise stays in the street
        ("東京都西多摩郡瑞穂町大字箱根ケ崎2335番地", ("", "東京都", "西多摩郡瑞穂町", "", "大字箱根ケ崎2335番地", "")),
        (
            "京都府京都市中京区寺町通御池上る上本能寺前町488番地",
            ("", "京都府", "京都市中京区", "", "寺町通御池上る上本能寺前町488番地", ""),
        ),
        # a town with several postal codes has none that is certain
        ("北海道札幌市中央区北一条西2丁目", ("", "北海道", "札幌市中央区", "北一条西", "2丁目", "")),
        ("東京都千代田区", ("", "東京都", "千代田区", "", "", "")),
    ],
)
def test_address_is_taken_apart(text, found):
    assert parts(text) == found


def test_parts_joined_are_the_text():
    text = "東京都青梅市東青梅１丁目１１番地の１"
    assert take_apart(text).label == text


def test_longer_name_of_a_town_is_not_cut():
    assert parts("東京都武蔵村山市本町東1-1")[3:5] == ("", "本町東1-1")


@pytest.mark.parametrize("text", ["", "どこか", "府中市片町1-1", "アメリカ合衆国", "東京都緑野市緑町1"])
def test_what_begins_with_no_municipality_stays_whole(text):
    assert take_apart(text) is None


@pytest.mark.parametrize("text", ["東京都緑野市緑町3-30-8", "緑野市緑町3-30-8"])
def test_own_city_is_known(text):
    assert parts(text, known=("東京都", "緑野市")) == ("", "東京都", "緑野市", "", "緑町3-30-8", "")
