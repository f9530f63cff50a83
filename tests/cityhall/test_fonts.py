from pathlib import Path

import pytest

from cityhall import fonts
from cityhall.fonts import GlyphMissing, Run, font_files, plan

needs_fonts = pytest.mark.skipif(
    {"BIZ UDMincho", "IPAmjMincho", "Noto Serif CJK JP"} - font_files().keys() != set(), reason="fonts not installed"
)
pytestmark = needs_fonts


def test_ordinary_text_is_one_run():
    assert plan("緑野市長　青木 陽一郎\n令和8年11月21日") == [
        Run("緑野市長　青木 陽一郎\n令和8年11月21日", "BIZ UDMincho")
    ]
    assert plan("児童手当", style="gothic") == [Run("児童手当", "BIZ UDGothic")]
    assert plan("") == []


def test_a_kanji_the_first_font_has_not_is_set_in_the_next():
    assert plan("𠮷田") == [Run("𠮷", "IPAmjMincho"), Run("田", "BIZ UDMincho")]


def test_a_variation_goes_to_a_font_that_has_that_very_variation():
    runs = plan("渡邉\U000e0103様")
    assert "".join(run.text for run in runs) == "渡邉\U000e0103様"
    (run,) = [run for run in runs if "\U000e0103" in run.text]
    coverage = fonts._coverage(run.family)
    assert (ord("邉"), 0xE0103) in coverage.variations


def test_a_variation_nobody_has_is_not_passed_over():
    with pytest.raises(GlyphMissing) as caught:
        plan("高橋\U000e01ef")
    assert caught.value.grapheme == "橋\U000e01ef"
    assert str(caught.value) == "文字「橋\U000e01ef」（U+6A4B U+E01EF）を印字できるフォントがありません。"


@pytest.mark.parametrize("text", ["\U0010fffd", "様😀", "\u0378", "a\u0007b"])
def test_a_character_nobody_has_is_not_passed_over(text):
    with pytest.raises(GlyphMissing):
        plan(text)


def test_blanks_stay_with_what_stands_before_them():
    assert plan("𠮷 田") == [Run("𠮷 ", "IPAmjMincho"), Run("田", "BIZ UDMincho")]
    assert plan(" 田") == [Run(" 田", "BIZ UDMincho")]


def test_every_kanji_of_jis_x_0213_can_be_printed():
    """Level 1 to 4, as the codec of Python knows them."""
    missing = []
    for plane in (b"", b"\x8f"):
        for high in range(0xA1, 0xFF):
            for low in range(0xA1, 0xFF):
                try:
                    text = (plane + bytes((high, low))).decode("euc_jis_2004")
                    if "\u4e00" <= text[0] <= "\u9fff" or text[0] >= "\U00020000":
                        plan(text)
                except UnicodeDecodeError:
                    continue
                except GlyphMissing:
                    missing.append(text)
    assert missing == []


def test_font_files_exist():
    assert all(isinstance(path, Path) and path.exists() for path in font_files().values())


def test_fonts_can_be_brought_along(settings, tmp_path):
    brought = tmp_path / "BIZUDMincho-Regular.ttf"
    brought.symlink_to(font_files()["BIZ UDMincho"])
    settings.FONT_DIRS = [str(tmp_path)]
    fonts._installed.cache_clear()
    try:
        assert font_files()["BIZ UDMincho"] == brought
    finally:
        fonts._installed.cache_clear()


def test_without_a_font_the_next_one_is_used(monkeypatch):
    real = font_files()
    monkeypatch.setattr(fonts, "font_files", lambda: {k: v for k, v in real.items() if k != "BIZ UDMincho"})
    fonts._coverage.cache_clear()
    fonts._family_for.cache_clear()
    try:
        assert plan("緑") == [Run("緑", "IPAmjMincho")]
    finally:
        fonts._coverage.cache_clear()
        fonts._family_for.cache_clear()
