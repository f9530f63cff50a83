"""Words of a form in other languages: read, checked, shown, written back, shared between forms, carried by files."""

import copy

import pytest
import yaml

from applications.definition import (
    DefinitionError,
    document_of,
    fingerprint,
    localized,
    missing_places,
    parse,
    places_of,
    unknown_places,
    with_words,
)
from applications.designer.differences import differences
from applications.designer.keys import renamed
from applications.services.catalogue import FOLDER, read_catalogue
from applications.services.catalogue.differences import form_lines
from applications.services.catalogue.glossaries import glossaries

DOCUMENT = {
    "schema": 1,
    "pages": [
        {
            "key": "who",
            "title": "申請する方",
            "intro": "**ご本人**のことです。",
            "fields": [
                {"key": "who", "type": "text", "label": "氏名", "help": "戸籍のとおり", "required": True},
                {
                    "key": "kind",
                    "type": "choice",
                    "label": "種類",
                    "options": [{"value": "a", "label": "甲"}, {"value": "b", "label": "乙"}],
                },
                {
                    "key": "people",
                    "type": "rows",
                    "label": "家族",
                    "row_title": "家族 ((given))",
                    "fields": [{"key": "given", "type": "text", "label": "名前"}],
                },
            ],
        }
    ],
}


def document(**words):
    return {**copy.deepcopy(DOCUMENT), "translations": {"en": words}}


def places(**words):
    return {place.replace("__", ":"): text for place, text in words.items()}


def test_form_is_shown_in_its_words_and_in_japanese_where_it_has_none():
    form = parse(document(**{"who:label": "Name", "kind:option.a": "First", "people.given:label": "Given name"}))
    shown = localized(form, "en")
    assert shown.by_key["who"].label == "Name"
    assert shown.by_key["who"].help == "戸籍のとおり"
    assert [one.label for one in shown.by_key["kind"].options] == ["First", "乙"]
    assert [one.value for one in shown.by_key["kind"].options] == ["a", "b"]
    assert shown.by_key["people"].fields[0].label == "Given name"
    assert shown.by_key["who"].required
    # a page and a question may have one key
    assert shown.pages[0].title == "申請する方"
    assert localized(form, "ko") == localized(form, "ja") == form


def test_document_is_written_back_and_forms_without_words_keep_their_fingerprint():
    form = parse(document(**{"who:label": "Name", "page.who:intro": "It is about **you**.", "form:name": "Filing"}))
    assert parse(document_of(form)) == form
    assert fingerprint(document_of(form)) != fingerprint(document_of(parse(DOCUMENT)))
    assert "translations" not in document_of(parse(DOCUMENT))
    assert "translations" not in document_of(parse({**DOCUMENT, "translations": {"en": {}}}))


def test_missing_places_are_named_in_the_order_of_the_form():
    form = parse(document(**{"page.who:title": "You", "who:label": "Name"}))
    assert missing_places(form, "en")[:3] == ["page.who:intro", "who:help", "kind:label"]
    assert missing_places(form, "ko") == [place for place, _text in places_of(form)]


@pytest.mark.parametrize(
    ("language", "words", "said"),
    [
        ("en", {"who:label": ""}, "訳を文字で"),
        ("en", {"who:label": ["Name"]}, "訳を文字で"),
        ("en", {"who:label": "x" * 301}, "300文字まで"),
        ("en", {"who:help": "x" * 4001}, "4000文字まで"),
        ("en", {"people:row_title": "Family"}, "同じもの"),
        ("en", {"people:row_title": "Family ((name))"}, "同じもの"),
        ("xx", {"who:label": "Name"}, "知らない言語"),
        ("en", ["Name"], "組にして"),
    ],
)
def test_mistakes_of_translations_are_named(language, words, said):
    with pytest.raises(DefinitionError, match=said) as caught:
        parse({**DOCUMENT, "translations": {language: words}})
    assert caught.value.where == "translations"


def test_longest_words_are_taken():
    parse(document(**{"who:label": "x" * 300, "who:help": "x" * 4000, "people:row_title": "((given)) of the family"}))


def test_words_of_a_question_that_is_gone_are_left_out():
    gone = document(**{"who:label": "Name", "gone:label": "Gone"})
    assert parse(gone).translations == {"en": {"who:label": "Name"}}
    assert unknown_places(gone["translations"], parse(gone)) == ["gone:label"]


def test_glossary_gives_words_only_where_a_form_has_none():
    form = parse(document(**{"who:label": "Full name"}))
    found = with_words(form, {"en": {"氏名": "Name", "種類": "Kind"}, "ko": {"甲": "갑"}}, name="届出")
    assert found.translations["en"] == {"who:label": "Full name", "kind:label": "Kind"}
    assert found.translations["ko"] == {"kind:option.a": "갑"}
    assert with_words(form, {"en": {"届出": "Filing"}}, name="届出").translations["en"]["form:name"] == "Filing"


EASY = (
    "tennyu-yoyaku",
    "juminhyo-seikyu",
    "koseki-seikyu",
    "inkan-shomei",
    "kokuho-kanyu",
    "kokuho-soshitsu",
    "jido-teate-nintei",
    "kodomo-iryohi",
    "hoiku-riyo-moshikomi",
    "hokago-jidokai-nyukai",
    "shugaku-enjo",
    "yokaigo-nintei",
    "kogaku-kaigo",
    "suido-kaishi",
    "suido-chushi",
)
"""The commonest procedures of the counter: every word of theirs is there in easy Japanese."""
ENGLISH = (
    "tennyu-yoyaku",
    "juminhyo-seikyu",
    "kokuho-kanyu",
    "jido-teate-nintei",
    "kodomo-iryohi",
    "hoiku-riyo-moshikomi",
    "hokago-jidokai-nyukai",
    "suido-kaishi",
)
"""What a family that moves in needs."""


@pytest.fixture(scope="module")
def catalogue_forms():
    return {entry.key: (entry.form, entry.texts["name"]) for entry in read_catalogue(FOLDER).procedures if entry.form}


@pytest.mark.parametrize(("language", "keys"), [("ja-easy", EASY), ("en", ENGLISH)])
def test_commonest_procedures_are_translated_as_a_whole(catalogue_forms, language, keys):
    missing = {}
    for key in keys:
        form, name = catalogue_forms[key]
        words = form.translations.get(language, {})
        said = {**dict(places_of(form)), "form:name": name}
        missing[key] = [text for place, text in said.items() if place not in words]
    assert {key: words for key, words in missing.items() if words} == {}


def test_easy_words_are_easier():
    """やさしい日本語: a third of the kanji, blanks between the words."""
    words = yaml.safe_load((FOLDER / "texts" / "ja-easy.yaml").read_text(encoding="utf-8"))
    assert len(words) > 500
    assert _kanji(words.values()) * 3 < _kanji(words)
    assert [easy for easy in words.values() if len(easy) > 24 and not set(easy) & set(" （・")] == []


def _kanji(texts):
    return sum("一" <= letter <= "鿿" for text in texts for letter in text)


def test_consent_keeps_the_japanese_text_that_is_agreed_to():
    text = {
        "key": "ok",
        "type": "consent",
        "label": "同意",
        "consent_text": "市が税を確認します。",
        "consent_version": "1",
    }
    page = {"key": "page", "title": "同意", "fields": [text]}
    words = {"en": {"ok:consent_text": "The city checks your taxes."}}
    shown = localized(parse({"schema": 1, "pages": [page], "translations": words}), "en")
    assert shown.by_key["ok"].consent_text == "The city checks your taxes.\n\n市が税を確認します。"


def test_glossary_with_mistakes_is_named(tmp_path):
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "xx.yaml").write_text("氏名: Name", encoding="utf-8")
    (texts / "en.yaml").write_text("氏名: [Name]", encoding="utf-8")
    (texts / "ko.yaml").write_text("氏名: 이름", encoding="utf-8")
    problems = []
    assert glossaries(tmp_path, problems) == {"ko": {"氏名": "이름"}}
    assert [one.file for one in problems] == ["en.yaml", "xx.yaml"]


def test_words_follow_a_renamed_question():
    words = {"who:label": "Name", "page.who:title": "You", "people.given:label": "Given name", "people:label": "Family"}
    found = renamed(document(**words), "who", "name")
    assert found["translations"]["en"] == {
        **{key: words[key] for key in words if key != "who:label"},
        "name:label": "Name",
    }
    found = renamed(document(**words), "people", "family")
    assert set(found["translations"]["en"]) == {"who:label", "page.who:title", "family.given:label", "family:label"}
    found = renamed(document(**words), "given", "first")
    assert "people.first:label" in found["translations"]["en"]


def test_changed_words_are_a_difference_to_be_published():
    assert [(one.kind, one.about) for one in differences(DOCUMENT, document(**{"who:label": "Name"}))] == [
        ("changed", "1箇所")
    ]
    assert form_lines(parse(DOCUMENT), parse(document(**{"who:label": "Name"}))) == ["訳文を変更"]


@pytest.mark.parametrize("language", ["ja-easy", "en"])
def test_names_on_the_tablet_of_the_hall_are_translated(language):
    """Every life event, and every procedure with a form: a name that is new in the catalogue needs words."""
    catalogue = read_catalogue(FOLDER)
    lacking = [event.name for event in catalogue.life_events if language not in event.names]
    forms = [entry for entry in catalogue.procedures if entry.form]
    lacking += [entry.texts["name"] for entry in forms if "form:name" not in entry.form.translations.get(language, {})]
    assert (lacking, len(forms) > 60) == ([], True)
