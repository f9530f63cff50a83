import pytest

from applications.definition import Field
from applications.enums import FieldType
from applications.fields import build

ADDRESS = {
    "postal_code": "1000013",
    "prefecture": "東京都",
    "city": "緑野市",
    "town": "",
    "street": "1",
    "building": "",
}


def _built(kind, given, concept=""):
    return build(Field(key="a", type=FieldType(kind), label="項目", concept=concept), given=given)


@pytest.mark.parametrize("kind", ["attribute", "calculated", "hidden"])
def test_what_a_page_sends_for_it_is_not_read(kind):
    field = _built(kind, "市の値", "applicant.phone")
    sent = {"q-a": "にせの値"}
    assert field.answers(field.clean(field.widget.value_from_datadict(sent, {}, "q-a"))) == {"a": "市の値"}


@pytest.mark.parametrize("kind", ["attribute", "calculated", "hidden"])
def test_nothing_given_is_a_blank(kind):
    field = _built(kind, None, "applicant.phone")
    assert field.answers(field.clean("にせの値")) == {}


def test_an_attribute_is_shown_in_words_with_what_to_do_when_it_is_wrong():
    html = _built("attribute", ADDRESS, "applicant.address").widget.render("q-a", None)
    assert "〒100-0013 東京都緑野市1" in html
    assert "市の登録内容です。この画面では変更できません。" in html
    assert "（登録がありません）" in _built("attribute", None, "applicant.address").widget.render("q-a", None)


def test_a_hidden_reference_leaves_nothing_in_the_page():
    assert _built("hidden", "A-12").widget.render("q-a", None).strip() == ""
