import pytest

from cityhall.fonts import GlyphMissing
from notices.typesetting.tree import blocks, lines, runs


def test_runs_cut_where_the_font_changes_and_keep_every_character():
    assert runs("高橋 𠮷男") == ["高橋 ", {"f": "IPAmjMincho", "v": "𠮷"}, "男"]


def test_runs_drop_control_characters_and_refuse_missing_glyphs():
    assert runs("a\u0007b") == ["ab"]
    assert runs("") == []
    with pytest.raises(GlyphMissing):
        runs("\U000e0fff")


def test_lines_keep_empty_lines():
    assert lines("一\n\n二") == [["一"], [], ["二"]]


def test_blocks_of_the_subset():
    text = "## 見出し\n\n文 **太字** *斜*\n\n3. 三\n   - 点\n\n> 引用\n\n---\n"
    assert blocks(text) == [
        {"t": "h", "c": ["見出し"]},
        {"t": "p", "c": ["文 ", {"t": "b", "c": ["太字"]}, " ", {"t": "i", "c": ["斜"]}]},
        {
            "t": "ol",
            "start": 3,
            "c": [[{"t": "p", "c": ["三"]}, {"t": "ul", "c": [[{"t": "p", "c": ["点"]}]]}]],
        },
        {"t": "quote", "c": [{"t": "p", "c": ["引用"]}]},
        {"t": "hr", "c": []},
    ]


def test_markup_of_typst_and_html_is_text():
    assert blocks('#read("/etc/passwd") <script> $x$ @ref') == [
        {"t": "p", "c": ['#read("/etc/passwd") <script> $x$ @ref']}
    ]


@pytest.mark.parametrize(
    ("text", "children"),
    [
        ("日本語\n続き", ["日本語", "続き"]),
        ("English\nwords", ["English", " ", "words"]),
        ("一行目\\\n二行目", ["一行目", {"t": "br"}, "二行目"]),
        ("見る[ここ](https://x.example)", ["見る", "ここ"]),
    ],
)
def test_line_ends_and_links(text, children):
    assert blocks(text) == [{"t": "p", "c": children}]
