import pytest
from markdown_it import MarkdownIt

from notices.models import NoticeTypeVersion
from notices.texts import MissingValues, compile_text, escape_markdown, fill, has_section_of, placeholders


def test_fill_puts_values_in_and_ignores_blanks_in_the_name():
    assert fill("(( name )) 様、((name))", {"name": "高橋"}) == "高橋 様、高橋"


def test_fill_names_all_missing_values():
    with pytest.raises(MissingValues) as refused:
        fill("((a)) ((b)) ((c))", {"b": "x"})
    assert "a、c" in str(refused.value)


def test_fill_does_not_fill_a_value_again():
    assert fill("((a))", {"a": "((b))", "b": "secret"}) == "((b))"


def test_placeholders_are_listed_once_in_order():
    assert placeholders("((b)) ((a)) ((b))") == ["b", "a"]


@pytest.mark.parametrize(
    "value",
    [
        "*強調*",
        "# 見出し",
        "1. 番号",
        "[名](http://x)",
        "<b>x</b>",
        "a_b_c",
        "`code`",
        "- 点",
        "> 引用",
        "a & b &amp;",
        "!x",
    ],
)
def test_escaped_value_shows_exactly_its_characters(value):
    tokens = MarkdownIt("commonmark").parse("前 " + escape_markdown(value))
    children = tokens[1].children
    assert "".join(child.content for child in children) == "前 " + value
    assert {child.type for child in children} <= {"text", "text_special"}


def test_escaped_value_keeps_lines_and_paragraphs_and_makes_no_code_block():
    tokens = MarkdownIt("commonmark").parse(escape_markdown("一行目\n    二行目\n\n次の段落"))
    assert [token.type for token in tokens].count("paragraph_open") == 2
    assert "code_block" not in [token.type for token in tokens]
    assert [child.type for child in tokens[1].children] == ["text", "hardbreak", "text"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("### 認定の内容\n\n((reason))\n\n### ご注意", True),
        ("### 認定の内容\n((reason))", True),
        ("理由：((reason))", False),
        ("### 内容\n\n((reason))のとおり", False),
        ("### 内容\n\n((other))", False),
    ],
)
def test_section_of_one_value_is_found(text, expected):
    assert has_section_of(text, "reason") is expected


def test_text_with_the_common_values_written_in_says_the_same():
    version = NoticeTypeVersion(
        title="((city)) ((name))",
        body="((if 額 >= 1,000円))\n((name)) *((city))* ((額))\n((else))\n((city))\n((end))\n"
        "((if city = 緑_野))市((end))",
        appeal_text="((city))",
        particulars=[{"label": "市", "text": "((city))"}, {"label": "空", "text": "((blank))"}],
        translations={"en": {"title": "((city))", "body": "((name)) ((city))"}},
        action_values={"to": "((name))"},
    )
    common = {"city": "緑_野", "blank": ""}
    for own in ({"name": "高橋*", "額": "2,000円"}, {"name": "鈴木", "額": "1円"}):
        text = compile_text(version)
        assert text.settled(common).fill({**common, **own}) == text.fill({**common, **own})
        assert "額" in text.settled(common).names


def test_text_with_values_written_in_still_misses_the_others():
    version = NoticeTypeVersion(title="((a))((b))", body="((b))")
    with pytest.raises(MissingValues):
        compile_text(version).settled({"a": "x"}).fill({"a": "x"})
