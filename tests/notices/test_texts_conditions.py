import pytest

from notices.models import NoticeTypeVersion
from notices.texts import MissingValues, TextError, compile_text, fill, mistakes_in, placeholders
from notices.texts.parsing import parse_text


@pytest.mark.parametrize(
    ("test", "value", "expected"),
    [
        ("fee = 免除", "免除", True),
        ("fee = 免除", " 免除 ", True),
        ("fee = 免除", "免除する", False),
        ("fee != 免除", "", True),
        ("fee != 免除", "免除", False),
        ("fee = 「a or b」 and fee filled", "a or b", True),
        ("fee >= 1,000円", "12,000円", True),
        ("fee >= 1000", "９９９円", False),
        ("fee < 1000", "", False),
        ("fee < 1000", "千円", False),
        ("fee > 0", "-1", False),
        ("fee > 0.5", "0.75", True),
        ("fee ≦ 3", "3人", True),
        ("fee >= 2026-04-01", "令和8年4月1日", True),
        ("fee >= 2026-04-01", "2026年3月31日", False),
        ("fee <= 令和元年5月1日", "2019/5/1", True),
        ("fee < 2026-04-01", "令和8年13月1日", False),
        ("fee contains 中学校", "緑野第一中学校", True),
        ("fee 含む 中学校", "緑野小学校", False),
        ("fee filled", " ", False),
        ("fee あり", "x", True),
        ("fee blank", "", True),
        ("fee なし", "x", False),
        ("fee = あり", "あり", True),
        ("fee != なし", "なし", False),
        ("fee >= 1 and fee <= 3", "2", True),
        ("fee >= 1 かつ fee <= 3", "4", False),
        ("fee = a or fee = b", "b", True),
        ("fee = a または fee = b", "c", False),
    ],
)
def test_condition_prints_its_text_only_when_it_holds(test, value, expected):
    assert fill(f"前((if {test}))中((end))後", {"fee": value}) == ("前中後" if expected else "前後")


def test_japanese_words_and_names_do_the_same():
    text = "((もし 学校 含む 中学校))中学生((それ以外))小学生((ここまで))"
    assert [fill(text, {"学校": name}) for name in ("緑中学校", "緑小学校")] == ["中学生", "小学生"]


def test_conditions_stand_in_each_other_and_values_in_them():
    text = "((if a filled))((if b = 1))一((else))((a))((end))((else))無((end))"
    cases = {("x", "1"): "一", ("x", "2"): "x", ("", "1"): "無"}
    for (a, b), expected in cases.items():
        assert fill(text, {"a": a, "b": b}) == expected


def test_a_tag_alone_on_its_line_takes_the_line_with_it():
    text = "- 一\n  ((if a = 1))\n- 二\n((else))\n- 三\n((end))\n- 四\n"
    assert fill(text, {"a": "1"}) == "- 一\n- 二\n- 四\n"
    assert fill(text, {"a": "0"}) == "- 一\n- 三\n- 四\n"


def test_a_value_that_looks_like_a_condition_stays_what_it_is():
    assert fill("((a))", {"a": "((if a = 1))x((end))"}) == "((if a = 1))x((end))"


def test_names_of_conditions_are_needed_too():
    text = "((if kind = 1))((fee))((end))"
    assert placeholders(text) == ["kind", "fee"]
    with pytest.raises(MissingValues, match="kind、fee"):
        fill(text, {})


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("一\n((if a = 1))", 2, "閉じる"),
        ("((end))", 1, "対応する"),
        ("一\n((else))", 2, "対応する"),
        ("((if a = 1))((else))((else))((end))", 1, "閉じる"),
        ("((if a))x((end))", 1, "項目 = 値"),
        ("((if a > 大きい))x((end))", 1, "数でも日付でもない"),
        ("((if a = 1 and b = 2 or c = 3))x((end))", 1, "混ぜる"),
        ("((if a = 1))" * 6 + "((end))" * 6, 1, "5段まで"),
    ],
)
def test_broken_condition_names_its_line(text, line, words):
    with pytest.raises(TextError, match=words) as refused:
        fill(text, {"a": "", "b": "", "c": ""})
    assert refused.value.line == line
    (mistake,) = mistakes_in(text, {"a", "b", "c"})
    assert (mistake.line, words in mistake.sentence) == (line, True)


def test_unknown_field_of_a_condition_is_named_with_the_nearest():
    mistakes = mistakes_in("本文\n((if fea >= 1000))x((end))((fee))", {"fee", "name"})
    assert [(one.line, one.written, one.nearest) for one in mistakes] == [(2, "((if fea >= 1000))", "fee")]
    assert "「fea」" in mistakes[0].sentence


def version_of(**texts):
    return NoticeTypeVersion(**{"title": "((who)) 様", "body": "本文 ((note))", "appeal_text": "", **texts})


def test_compiled_text_fills_everything_a_version_has():
    version = version_of(
        particulars=[{"label": "額", "text": "((fee))"}, {"label": "備考", "text": "((note))"}],
        translations={"en": {"title": "For ((who))", "body": "((note)) ((fee))"}},
        action_values={"child": "((who))"},
    )
    compiled = compile_text(version)
    assert sorted(compiled.names) == ["fee", "note", "who"]
    filled = compiled.fill({"who": "葛󠄀城", "note": "", "fee": "1*2"})
    assert (filled.title, filled.body) == ("葛󠄀城 様", "本文 ")
    assert filled.particulars == [{"label": "額", "text": "1*2"}]
    assert filled.translations == {"en": {"title": "For 葛󠄀城", "body": r" 1\*2", "appeal_text": ""}}
    assert filled.action_values == {"child": "葛󠄀城"}


def test_compiled_text_names_what_would_be_printed_as_nothing():
    compiled = compile_text(version_of(body="((if fee filled))((fee))円((end))((note))", particulars=[]))
    assert compiled.blanks({"who": "x", "fee": "", "note": " "}) == ["note"]
    with pytest.raises(MissingValues):
        compiled.blanks({"who": "x"})


def test_same_words_are_parsed_once_and_escaped_no_more_than_once_a_notice(monkeypatch):
    body = "一度だけ読む ((name))、((name))、((other))"
    parsed = parse_text.cache_info().misses
    calls = []

    def counting(value):
        calls.append(value)
        return value

    monkeypatch.setattr("notices.texts.compiled.escape_markdown", counting)
    for number in range(1000):
        compile_text(version_of(title="一度", body=body)).fill({"name": f"名{number}", "other": "他"})
    # the title, the body and the blank appeal text
    assert parse_text.cache_info().misses - parsed <= 3
    assert len(calls) <= 2000
