"""The combined form in another language: words only; what is typed, shown and asked is the same."""

import re
from dataclasses import replace

import pytest

from applications.conditions import outcome
from applications.definition import Field, places_of
from applications.enums import FieldType
from applications.form_pages import PageForm, deciding_answers
from cityhall.days import today
from counter.combined import Part, combine, localized, split
from counter.combined.localizing import _Localizing
from tests.counter.combinedkit import drawn, parts_of

FAMILY = ("tennyu-yoyaku", "jido-teate-nintei", "kodomo-iryohi", "hoiku-riyo-moshikomi", "kokuho-kanyu")


@pytest.fixture(scope="module")
def combined():
    return combine(parts_of(*FAMILY))


@pytest.mark.parametrize("language", ["en", "ja-easy"])
def test_only_words_differ(combined, language):
    shown = localized(combined, language)
    assert list(shown.fields) == list(combined.fields)
    for path, one in combined.fields.items():
        other = shown.fields[path]
        assert (other.key, other.type, other.required, other.visible_when) == (
            one.key,
            one.type,
            one.required,
            one.visible_when,
        )
        assert [option.value for option in other.options] == [option.value for option in one.options]
    values = drawn(combined, language)
    found = [outcome(one.form, deciding_answers(one.form, values, {}), today=today()) for one in (combined, shown)]
    assert found[0].visible == found[1].visible
    assert found[0].required == found[1].required


def test_whole_form_of_a_family_is_in_english(combined):
    """Labels, choices, titles, marks; names of conditions in Japanese would be Japanese words left over."""
    shown = localized(combined, "en")
    japanese = [
        text
        for page in shown.form.pages
        for text in (
            page.title,
            *(field.label for field in page.fields),
            *(one.label for f in page.fields for one in f.fields),
        )
        if any("ぁ" <= letter <= "鿿" for letter in text)
    ]
    assert japanese == []
    assert shown.form.by_key["applicant_name"].label == "Name"
    options = {one.value: one.label for one in shown.form.by_key["applicant_move_kind"].options}
    assert options["in"] == "From another municipality to Midorino"


def test_marks_name_procedures_in_the_language(combined):
    group = localized(combined, "en").form.by_key["children"]
    assert group.label == "Children"
    assert group.by_key["in_1"].label == "Children you raise (Child allowance: claim)"
    assert group.by_key["in_1"].options[0].label == "Yes, this person"
    household = localized(combined, "en").form.by_key["household"]
    one_by_one = "Enter people one by one, and mark for each procedure whom it concerns."
    assert household.help.startswith(f"{one_by_one} Mark at least 1 for “")
    assert household.help.endswith("”. You need not mark everybody.")
    assert not re.search("[ぁ-鿿]", household.help)


def test_merged_consent_shows_every_text_in_both_languages(combined):
    text = localized(combined, "en").form.by_key["applicant_records_consent"].consent_text
    own = combined.form.by_key["applicant_records_consent"].consent_text
    assert text.endswith(own)
    assert text.count("I agree that the city checks") == len(own.split("\n\n"))


def with_consent(part, text, said):
    """The form with another text to agree to, and its English."""
    page = part.form.pages[0]
    field = Field("terms", "同意", FieldType.CONSENT, consent_text=text, consent_version="1")
    form = replace(part.form, pages=(replace(page, fields=(*page.fields, field)), *part.form.pages[1:]))
    place = next(place for place, one in places_of(form) if one == text)
    words = form.translations["en"] | {place: said}
    return replace(part, form=replace(form, translations=form.translations | {"en": words}))


def test_consent_of_several_paragraphs_is_shown_in_both_languages():
    [part] = parts_of("kodomo-iryohi")
    combined = combine([with_consent(part, "一つめ。\n\n二つめ。", "One.\n\nTwo.")])
    shown = [one.consent_text for one in localized(combined, "en").fields.values()]
    assert "One.\n\nTwo.\n\n一つめ。\n\n二つめ。" in shown


def test_merged_consents_of_several_paragraphs_are_told_apart(combined):
    localizing = _Localizing(combined, "en")
    localizing.words = {"一\n\n二": "1\n\n2", "三": "3"}
    assert localizing._consent("一\n\n二\n\n三") == "1\n\n2\n\n3\n\n一\n\n二\n\n三"


def test_titles_of_rows_keep_their_names(combined):
    alone = combine(parts_of("kodomo-iryohi"))
    title = localized(alone, "en").form.by_key["children"].row_title
    assert title == "Child: ((children_name))"
    page = next(one for one in alone.form.pages if any(field.key == "children" for field in one.fields))
    assert PageForm(page, initial={}).groups["children"]


def test_language_without_words_is_japanese(combined):
    assert localized(combined, "vi") is combined
    other = combine([Part(one.key, replace(one.form, translations={}), one.title) for one in combined.parts])
    assert localized(other, "en") is other


def test_procedure_without_words_stays_japanese_beside_others():
    combined = combine(parts_of("kodomo-iryohi", "ninshin-todokede"))
    shown = localized(combined, "en")
    own = [path for path in combined.owners if path.startswith("p2_")]
    assert any(shown.fields[path].label == combined.fields[path].label for path in own)
    assert shown.form.by_key["applicant_name"].label == "Name"


def test_typed_values_are_told_to_the_forms_alike(combined):
    values = drawn(combined, "told")
    told = split(combined, values)
    same = split(localized(combined, "en"), values)
    assert {key: set(one) for key, one in told.items()} == {key: set(one) for key, one in same.items()}
