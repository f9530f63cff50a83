"""Telephone numbers as people type them."""

import pytest

from residents.phones import NotMobile, PhoneInvalid, format_phone, parse_mobile, parse_phone


@pytest.mark.parametrize(
    ("typed", "e164", "entered"),
    [
        ("03-1234-5678", "+81312345678", "03-1234-5678"),
        ("０９０－１２３４－５６７８", "+819012345678", "090-1234-5678"),
        ("09012345678", "+819012345678", "09012345678"),
        ("055ー992ー1111", "+81559921111", "055-992-1111"),
        ("0120-123-456", "+81120123456", "0120-123-456"),
        ("+44 20 7946 0958", "+442079460958", "+44 20 7946 0958"),
        ("  ", "", ""),
    ],
)
def test_parse_phone_takes(typed, e164, entered):
    assert parse_phone(typed) == (e164, entered)


@pytest.mark.parametrize(
    "typed", ["1234", "110", "abc", "090-1234-567", "03-1234-5678 内線12", "0" * 40, "090-1234-5678" * 3]
)
def test_parse_phone_refuses(typed):
    with pytest.raises(PhoneInvalid):
        parse_phone(typed)


@pytest.mark.parametrize(
    ("typed", "e164"),
    [
        ("０９０－１２３４－５６７８", "+819012345678"),
        ("070-1234-5678", "+817012345678"),
        ("+1 650 253 0000", "+16502530000"),
    ],
)
def test_parse_mobile_takes_what_texts_reach(typed, e164):
    assert parse_mobile(typed) == e164


@pytest.mark.parametrize("typed", ["042-800-0001", "0120-123-456", "050-1234-5678", "+44 20 7946 0958", "abc", " "])
def test_parse_mobile_refuses_what_no_text_reaches(typed):
    with pytest.raises(NotMobile):
        parse_mobile(typed)


def test_format_phone_writes_the_national_way():
    assert format_phone("+81312345678") == "03-1234-5678"
    assert format_phone("+442079460958") == "+44 20 7946 0958"
    assert format_phone("") == ""
