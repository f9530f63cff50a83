"""The code of a prefill: what stands in the QR, what is read aloud, what is derived."""

import pytest
from argon2 import low_level

from cityhall.references import check_digit
from counter import codes, sealing
from reservations.codes import checkin_lookup

CITY = "132993"


def test_token_is_what_a_qr_can_say_in_few_modules():
    token = codes.new_token()
    code = codes.full_code(CITY, token)
    assert (len(token), len(code), code[:9], codes.is_token(token)) == (26, 35, "FY1132993", True)
    assert len({codes.new_token() for _ in range(200)}) == 200


@pytest.mark.parametrize("change", [str, str.lower, lambda code: f" {code}\r\n", lambda code: f"x{code}"])
def test_code_is_read_however_a_scanner_types_it(change):
    token = "ABCDEFGHIJKLMNOPQRSTUVWXY2"
    assert codes.read_code(change(codes.full_code(CITY, token))) == codes.ReadCode(CITY, token)


def test_full_width_of_an_input_method_is_the_same_code():
    token = "ABCDEFGHIJKLMNOPQRSTUVWXY2"
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in codes.full_code(CITY, token))
    assert codes.read_code(wide) == codes.ReadCode(CITY, token)


@pytest.mark.parametrize("text", ["", "FY1132993", "FY1132993" + "A" * 25, "FY2132993" + "A" * 26, "\x00", "1" * 500])
def test_half_a_code_is_none(text):
    assert codes.read_code(text) is None


def test_all_that_is_derived_differs_and_stays():
    token = "ABCDEFGHIJKLMNOPQRSTUVWXY2"
    derived = [codes.lookup_of(token), codes.key_part(token), checkin_lookup(codes.full_code(CITY, token))]
    assert len(set(derived)) == 3
    assert derived == [codes.lookup_of(token), codes.key_part(token), checkin_lookup(codes.full_code(CITY, token))]
    assert codes.lookup_of(codes.new_token()) != derived[0]


def test_spoken_code_is_ten_digits_and_never_a_my_number():
    spoken = codes.spoken_code("ABCDEFGHIJKLMNOPQRSTUVWXY2")
    assert (len(spoken), spoken.isdigit(), check_digit(spoken)) == (10, True, "0")
    assert codes.read_spoken(codes.written(spoken)) == spoken


def test_every_slip_of_one_digit_and_every_swap_is_found():
    spoken = codes.spoken_code("ABCDEFGHIJKLMNOPQRSTUVWXY2")
    for place in range(10):
        for digit in "0123456789":
            if digit != spoken[place]:
                assert codes.read_spoken(spoken[:place] + digit + spoken[place + 1 :]) == ""
    for place in range(9):
        one, two = spoken[place], spoken[place + 1]
        if one != two:
            assert codes.read_spoken(spoken[:place] + two + one + spoken[place + 2 :]) == ""


@pytest.mark.parametrize("typed", ["１２３", "", "abc", "12345678901", "\x00" * 10, "٣" * 10])
def test_no_code_of_digits(typed):
    assert codes.read_spoken(typed) == ""


def test_spoken_lookup_is_another_one_under_another_key(settings):
    before = codes.spoken_lookup("1234567890")
    assert codes.spoken_lookup("1234567890") == before
    settings.LINK_KEY = "another key of the server, as long as it must be"
    assert codes.spoken_lookup("1234567890") != before


def test_each_guess_of_the_digits_is_as_dear_as_one_of_a_password(monkeypatch):
    """With the database and the server's keys all codes can be tried: neither look-up nor key may be a quick hash."""
    spent = []
    real = low_level.hash_secret_raw
    monkeypatch.setattr(
        low_level, "hash_secret_raw", lambda *args, **kwargs: spent.append(kwargs) or real(*args, **kwargs)
    )
    codes.spoken_lookup("1234567890")
    sealing.seal(codes.new_token(), {}, salt="a salt of the row")
    assert [(one["type"], one["memory_cost"] >= 19 * 1024, one["time_cost"] >= 2) for one in spent] == [
        (low_level.Type.ID, True, True)
    ] * 2


@pytest.mark.parametrize(
    ("text", "slip"),
    [
        ("123", codes.CodeSlip(is_spoken=True, missing=7)),
        ("１２３-４５６-７８９", codes.CodeSlip(is_spoken=True, missing=1)),
        ("123-456-7890-1", codes.CodeSlip(is_spoken=True, missing=-1)),
        ("1234567891", codes.CodeSlip(is_spoken=True, missing=0)),
        ("FY1", codes.CodeSlip(is_spoken=False, missing=32)),
        ("fy1 132993 abc", codes.CodeSlip(is_spoken=False, missing=23)),
        ("FY1132993" + "A" * 25, codes.CodeSlip(is_spoken=False, missing=1)),
        # nothing of a code: another QR, other words, a number of something else
        ("", None),
        ("FY2132993" + "A" * 20, None),
        ("FY1132993" + "A" * 20 + "1", None),
        ("https://example.jp/", None),
        ("1" * 21, None),
    ],
)
def test_what_is_missing_of_half_a_code(text, slip):
    assert codes.slip_of(text) == slip


def test_a_whole_code_has_no_slip():
    token = codes.new_token()
    assert codes.slip_of(codes.full_code(CITY, token)) is codes.slip_of(codes.spoken_code(token)) is None
