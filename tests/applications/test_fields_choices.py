from applications.definition import Option
from tests.applications.fieldkit import clean, refusal, stored

OPTIONS = (Option("a", "あ"), Option("b", "い"))


def test_choice_must_be_an_option():
    assert clean("choice", "b", options=OPTIONS) == "b"
    assert refusal("choice", "c", options=OPTIONS) == ["選択肢から選んでください。"]
    assert clean("yes_no", "yes") == "yes"
    assert refusal("yes_no", "maybe") == ["選択肢から選んでください。"]


def test_checkboxes_are_stored_in_the_order_of_the_form():
    assert clean("checkboxes", ["b", "a", "b"], options=OPTIONS) == ["a", "b"]
    assert clean("checkboxes", [], options=OPTIONS) is None
    assert refusal("checkboxes", ["c"], options=OPTIONS) == ["選択肢から選んでください。"]
    assert refusal("checkboxes", [], options=OPTIONS, required=True) == ["一つ以上選択してください。"]


def test_consent_is_stored_with_its_version():
    settings = {"consent_text": "同意します", "consent_version": "2"}
    assert clean("consent", True, **settings) == {"given": True, "version": "2"}
    assert clean("consent", False, **settings) is None
    assert refusal("consent", False, required=True, **settings) == ["お手続きには同意が必要です。"]


WITH_OTHER = {"options": OPTIONS, "other": True}


def test_other_is_stored_with_its_text_beside_it():
    assert stored("choice", {"chosen": "other", "other": " 知人から "}, **WITH_OTHER) == {
        "a": "other",
        "a__other": "知人から",
    }
    assert stored("checkboxes", {"chosen": ["other", "a"], "other": "通院"}, **WITH_OTHER) == {
        "a": ["a", "other"],
        "a__other": "通院",
    }


def test_another_choice_drops_the_text_beside_other():
    assert stored("choice", {"chosen": "a", "other": "通院"}, **WITH_OTHER) == {"a": "a"}
    assert stored("checkboxes", {"chosen": ["b"], "other": "通院"}, **WITH_OTHER) == {"a": ["b"]}


def test_the_text_alone_means_other():
    assert stored("choice", {"chosen": "", "other": "知人"}, **WITH_OTHER) == {"a": "other", "a__other": "知人"}
    assert stored("checkboxes", {"chosen": [], "other": "知人"}, **WITH_OTHER) == {"a": ["other"], "a__other": "知人"}
    assert stored("choice", {"chosen": "", "other": ""}, **WITH_OTHER) == {}


def test_other_without_its_text_is_asked_for():
    assert refusal("choice", {"chosen": "other", "other": " "}, **WITH_OTHER) == [
        "「その他」の内容を入力してください。"
    ]
    assert refusal("checkboxes", {"chosen": ["other"], "other": "あ" * 201}, **WITH_OTHER) == [
        "「その他」の内容は200文字以内で入力してください。"
    ]


def test_other_is_no_option_where_the_form_has_none():
    assert refusal("choice", "other", options=OPTIONS) == ["選択肢から選んでください。"]


def test_an_option_whose_value_holds_the_word_other_needs_no_text():
    options = (Option("mother", "母"), Option("father", "父"))
    assert stored("choice", {"chosen": "mother", "other": ""}, options=options, other=True) == {"a": "mother"}
