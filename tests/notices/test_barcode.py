"""The official check cases of Japan Post, and an encoder that is not ours."""

import json
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from notices.barcode import NoBarcode, address_code, bars, printed_code, symbols

ROOT = Path(__file__).resolve().parents[2]


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


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("3丁目30-8 郵便ビル403号", "10000133-30-8-403"),
        # the code ends after thirteen symbols, of which a letter takes two
        ("1-2-3-4-5-6-789", "10000131-2-3-4-5-6-7"),
        ("123456789012A", "1000013123456789012"),
        ("", "1000013"),
    ],
)
def test_printed_code_is_what_the_bars_hold(address, code):
    assert printed_code("1000013", address) == code


# what the independent encoder draws, from the height and the foot of each bar: 1 long, 2 upper, 3 lower, 4 timing
_OTHER = """
const bwip = require("bwip-js");
const kind = (height, foot) => (height > 0.15 ? "1" : height < 0.06 ? "4" : foot > 0 ? "2" : "3");
const drawn = (code) => {
  const [{ bhs, bbs }] = bwip.raw("japanpost", code, {});
  return bhs.map((height, index) => kind(height, bbs[index])).join("");
};
console.log(JSON.stringify(JSON.parse(require("fs").readFileSync(0)).map(drawn)));
"""
NODE = shutil.which("node") or shutil.which("node", path=str(ROOT / ".venv/bin"))


@pytest.mark.skipif(
    NODE is None or not (ROOT / "node_modules/bwip-js").is_dir(),
    reason="bwip-js is not installed (script/setup --test)",
)
def test_bars_are_those_of_an_independent_encoder():
    """The other one draws the start mark for a check digit of 0; those sums are left out, and must be some."""
    chance = random.Random(4)
    addresses = [
        f"{chance.randrange(1, 99)}-{chance.randrange(1, 999)} {chance.choice('ABKTZ')}{n}" for n in range(400)
    ]
    codes = [printed_code(f"{chance.randrange(10**7):07}", address) for address in addresses]
    done = subprocess.run(
        [NODE, "-e", _OTHER], input=json.dumps(codes), capture_output=True, check=True, text=True, cwd=ROOT
    )
    wrong = []
    for address, code, drawn in zip(addresses, codes, json.loads(done.stdout), strict=True):
        if symbols(code[:7], address_code(address))[-1] == "0":
            wrong.append(code)
        else:
            assert bars(code[:7], address) == drawn, code
    assert 5 < len(wrong) < 60
