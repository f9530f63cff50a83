"""Every procedure of the product can be filed together with every other."""

from itertools import combinations

import pytest

from applications.definition import document_of, parse
from applications.definition.parsing import MAX_FIELDS
from applications.enums import FieldType
from counter.combined import combine
from tests.counter.combinedkit import (
    assert_form_is_sound,
    assert_one_form_is_all_forms,
    bundles,
    drawn,
    forms,
    outcome_of_typed,
    parts_of,
)

EVENTS = 15
DRAWS = 4


def size_of(form):
    return sum(1 + len(field.fields) for field in form.fields)


def pytest_generate_tests(metafunc):
    if "event" in metafunc.fixturenames:
        metafunc.parametrize("event", sorted(bundles()))


def test_every_life_event_has_a_bundle():
    assert len(bundles()) == EVENTS
    assert all(bundles().values())


def test_bundle_of_a_life_event_is_one_sound_form(event):
    form = combine(parts_of(*bundles()[event])).form
    assert_form_is_sound(form)
    assert all(any(field.is_question or field.text for field in page.fields) for page in form.pages)
    if size_of(form) <= MAX_FIELDS:
        assert parse(document_of(form)) == form


def test_bundle_asks_fewer_questions_than_its_forms(event):
    keys = bundles()[event]
    combined = combine(parts_of(*keys))
    shared = [path for path, owners in combined.owners.items() if len(owners) > 1]
    assert bool(shared) == (len(keys) > 1)
    assert combined.conflicts == ()


def test_bundle_tells_every_form_what_it_would_have_been_told(event):
    combined = combine(parts_of(*bundles()[event]))
    for number in range(DRAWS):
        # with gaps: rows that are not of every part, conditions that look at blanks
        values = drawn(combined, f"{event}-{number}", gaps=0.15 * (number % 3))
        assert_one_form_is_all_forms(combined, values, is_complete=number % 3 == 0)


def test_all_procedures_can_be_combined_two_by_two():
    for number, pair in enumerate(combinations(forms(), 2)):
        combined = combine(parts_of(*pair))
        kept = {(part.key, path) for part in combined.parts for path in part.form.by_key}
        left = {(one.part, one.path) for one in combined.left_out}
        lost = {owner for owner in kept - left if owner not in combined.places}
        assert {combined.part_fields[owner].type for owner in lost} <= {"rows", "calculated"}
        if number % 100 == 0:
            assert_form_is_sound(combined.form)
            assert parse(document_of(combined.form)) == combined.form
            assert_one_form_is_all_forms(combined, drawn(combined, pair[0]))


@pytest.mark.parametrize("at_desk", [False, True])
def test_forms_all_together_are_one_form(at_desk):
    combined = combine(parts_of(*forms()), at_desk=at_desk)
    assert_form_is_sound(combined.form)
    types = {field.type for field in combined.fields.values()}
    assert not types & {"file", "photo", "signature", "hidden"}
    assert ("attribute" in types) == at_desk


def test_growing_family_is_asked_once_what_allowance_and_medical_subsidy_both_ask():
    combined = combine(parts_of("jido-teate-gaku-kaitei", "kodomo-iryohi"), at_desk=True)
    children = combined.form.by_key["children"]
    labels = [one.label for one in children.fields]
    assert sum("続柄" in one for one in labels) == 1
    assert [one.key for one in combined.form.fields if one.type == FieldType.CONSENT] == ["applicant_records_consent"]
    assert "applicant_allowance_from" in combined.form.by_key


def test_child_who_came_is_named_unless_only_students_did():
    combined = combine(parts_of("jido-teate-gaku-kaitei"))
    form, key = combined.form, "children"
    assert form.by_key[key].min_rows == 1
    student = {"p1_increase_reason": {"chosen": "student", "other": ""}, "p1_change_kind": "increase"}
    birth = student | {"p1_increase_reason": {"chosen": "birth", "other": ""}}
    assert key not in outcome_of_typed(form, student).visible
    assert key in outcome_of_typed(form, birth).visible
