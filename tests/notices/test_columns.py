"""What the headings of a list are taken for."""

import pytest

from notices.services.campaigns.columns import CODE, guess_mapping

CODES = [
    *("交付番号", "引換番号", "クーポン番号", "コード", "受取番号", "ギフトコード", "ギフト番号", "番号"),
    *("クーポンコード", "引換コード", "ポイント番号", "シリアルコード", "交付 番号", "ｺｰﾄﾞ"),
]


@pytest.mark.parametrize("heading", CODES)
def test_column_of_codes_is_known_by_its_usual_headings(heading):
    assert guess_mapping(["宛名番号", heading], [], {})[CODE] == heading


def test_a_word_of_its_own_wins_over_one_that_may_mean_anything():
    assert guess_mapping(["番号", "宛名番号", "交付番号"], [], {})[CODE] == "交付番号"


def test_placeholder_of_the_text_takes_its_own_heading():
    found = guess_mapping(["宛名番号", "交付番号"], ["交付番号"], {})
    assert found == {"resident_number": "宛名番号", "((交付番号))": "交付番号"}
