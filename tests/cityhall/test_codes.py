import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cityhall.codes import is_corporate_number, is_municipality_code, is_my_number
from cityhall.references import check_digit, format_number, is_valid_number, new_number, normalize_number


@pytest.mark.parametrize("code", ["131016", "130001", "140007", "011002"])
def test_municipality_codes_of_real_places_pass(code):
    assert is_municipality_code(code)


@pytest.mark.parametrize("code", ["131017", "13101", "1310166", "１３１０１６", "abcdef", "", "131016\n"])
def test_other_municipality_codes_fail(code):
    assert not is_municipality_code(code)


def test_corporate_number_of_the_tax_agency_passes():
    assert is_corporate_number("7000012050002")
    assert not is_corporate_number("6000012050002")


def test_my_number_of_the_official_example_passes():
    assert is_my_number("123456789018")


@settings(derandomize=True)
@given(st.integers(0, 10**11 - 1), st.integers(0, 10))
def test_one_wrong_digit_of_a_my_number_fails_unless_the_check_digit_is_the_ambiguous_zero(body, place):
    digits = f"{body:011d}"
    valid = [f"{digits}{last}" for last in range(10) if is_my_number(f"{digits}{last}")]
    assert len(valid) == 1
    wrong = list(valid[0])
    wrong[place] = str((int(wrong[place]) + 1) % 10)
    # remainders 0 and 1 share the check digit 0: the rule of the ordinance itself
    assert not is_my_number("".join(wrong)) or valid[0].endswith("0")


def test_new_number_is_valid_and_never_twelve_digits():
    numbers = {new_number() for _turn in range(1000)}
    assert len(numbers) == 1000
    assert {len(number) for number in numbers} == {11}
    assert all(is_valid_number(number) and number[0] != "0" for number in numbers)


@settings(derandomize=True)
@given(st.integers(10**9, 10**10 - 1), st.integers(0, 10), st.integers(1, 9))
def test_every_single_wrong_digit_is_found(body, place, shift):
    number = f"{body}{check_digit(str(body))}"
    wrong = list(number)
    wrong[place] = str((int(wrong[place]) + shift) % 10)
    assert is_valid_number(number)
    assert not is_valid_number("".join(wrong))


@settings(derandomize=True)
@given(st.integers(10**9, 10**10 - 1), st.integers(0, 9))
def test_every_swap_of_neighbours_is_found(body, place):
    number = f"{body}{check_digit(str(body))}"
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert is_valid_number(swapped) == (swapped == number)


def test_numbers_are_read_in_any_width_and_shown_in_groups():
    assert format_number("12345678901") == "1234-5678-901"
    assert normalize_number(" １２３４－５６７８ー９０１ ") == "12345678901"
    assert normalize_number("1234 5678 90a") == "1234567890a"
    assert not is_valid_number("1234567890a")
    assert not is_valid_number("١٢٣٤٥٦٧٨٩٠١")
