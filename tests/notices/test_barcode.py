"""The official check cases of Japan Post."""

import pytest

from notices.barcode import NoBarcode, address_code, bars, symbols


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("3丁目30-8 郵便ビル403号", "3-30-8-403"),
        ("添60-1", "60-1"),
        ("5-6-3 ABCビル10F", "5-6-3-10"),
        ("4丁目 郵便センター6号館", "4-6"),
        ("8丁目 郵便センター10号館", "8-10"),
        ("韮崎400", "400"),
        ("東3丁目-20-5 郵便・A&bコーポB604号", "3-20-5B604"),
        # full width, kanji numerals, no numbers at all
        ("３丁目３０－８　郵便ビル４０３号", "3-30-8-403"),
        ("三丁目二十番五号", "3-20-5"),
        ("大字山中", ""),
        ("", ""),
    ],
)
def test_address_code_extracts_official_cases(address, code):
    assert address_code(address) == code


@pytest.mark.parametrize(
    ("postal_code", "code", "check"),
    [
        ("1000013", "1-3-2-503", "9"),
        ("2730102", "3-20-5B604", "0"),
        ("0140113", "60-1", "CC8"),
    ],
)
def test_symbols_end_with_official_check_digit(postal_code, code, check):
    chosen = symbols(postal_code, code)
    assert len(chosen) == 21
    assert chosen[-1] == check


def test_bars_of_official_example_are_67_between_start_and_stop():
    drawn = bars("1000013", "1丁目3番2号 503")
    assert len(drawn) == 67
    assert drawn[:2] == "13"
    assert drawn[-2:] == "31"
    assert drawn[2:11] == "114144144"
    assert set(drawn) == set("1234")


def test_symbols_cut_long_addresses_and_leave_the_control_code_alone():
    chosen = symbols("1000013", "123456789012A")
    assert chosen[7:20] == [*"123456789012", "CC1"]


def test_sum_that_is_a_multiple_of_19_has_check_digit_zero():
    sums = 0
    for number in range(400):
        chosen = symbols("1000013", str(number))
        assert chosen[-1] in {*"0123456789", "-", *(f"CC{n}" for n in range(1, 9))}
        sums += chosen[-1] == "0"
    assert sums > 0


@pytest.mark.parametrize("postal_code", ["", "123", "12345678", "１２３４５６７"])
def test_bars_refuse_a_postal_code_that_is_none(postal_code):
    with pytest.raises(NoBarcode):
        bars(postal_code, "1-2-3")
