"""Combined forms of the real catalogue, and what must hold of any of them."""

import functools
import random

from applications import typed
from applications.conditions import check as problems_of
from applications.conditions import outcome
from applications.enums import FILE_TYPES, FieldType
from applications.form_pages import check
from applications.form_pages.checking import keys_of
from applications.form_pages.logic import understood
from applications.row_paths import groups
from applications.services import catalogue
from applications.services.catalogue import read_catalogue
from applications.services.catalogue.guides import read_guides
from cityhall.days import today
from counter.combined import Part, split
from tests.applications.answer_sets import draw

AT_THE_DESK = FILE_TYPES | {FieldType.SIGNATURE}


@functools.cache
def forms():
    """Key → form and name of every procedure of the product that asks anything."""
    entries = read_catalogue(catalogue.FOLDER).procedures
    return {entry.key: (entry.form, entry.texts["name"]) for entry in entries if entry.form is not None}


@functools.cache
def bundles():
    """Life event → keys of the procedures its guide may name."""
    return {
        entry.key: tuple(
            dict.fromkeys(one["procedure"] for one in entry.document["results"] if one.get("procedure", "") in forms())
        )
        for entry in read_guides(catalogue.FOLDER)
    }


def parts_of(*keys):
    return [Part(key, *forms()[key]) for key in keys]


def drawn(combined, seed, *, gaps=0.0):
    """Typed values for every question of the combined form; some are left out with the chance `gaps`, marks too."""
    answers = draw(combined.form, seed, fullness=1)
    values = typed.from_answers(list(combined.form.fields), answers)
    lot = random.Random(seed)
    for row in [row for group in groups(combined.form.fields) for row in values.get(group.key, ())]:
        row["values"] = {key: value for key, value in row["values"].items() if lot.random() >= gaps}
    return {key: value for key, value in values.items() if lot.random() >= gaps}


def outcome_of_typed(form, values):
    """The outcome of everything that is typed, blank rows too."""
    return outcome(form, understood(form, values, {}, given={}, keys=keys_of(form)), today=today())


def assert_one_form_is_all_forms(combined, values, *, is_complete=False):
    """What is shown, required, calculated and complete in the combined form is so in every form it comes from."""
    whole = check(combined.form, values, {})
    found = outcome_of_typed(combined.form, values)
    told = split(combined, values)
    assert not (is_complete and whole.problems)
    shown, required = set(), set()
    for part in combined.parts:
        checked = check(part.form, told[part.key], {})
        own = outcome_of_typed(part.form, told[part.key])
        shown |= set(_combined_paths(combined, part, own.visible))
        required |= set(_combined_paths(combined, part, own.required))
        for path, value in own.calculated.items():
            for place in _combined_paths(combined, part, [path]):
                assert found.calculated[place] == value, (part.key, path)
        if not whole.problems:
            missing = [one for one in checked.problems if not _is_for_the_desk(part.form, one.key)]
            assert missing == [], part.key
    from_parts = {path for path in found.visible if _without_row(path) in combined.owners}
    from_parts -= {path for path in from_parts - shown if _is_of_nobody(combined, path, shown)}
    assert from_parts == shown
    assert {path for path in found.required if path in from_parts} == required


def _is_of_nobody(combined, path, shown):
    """Who somebody is, in a row that is marked for no form: asked before it is known whom the row concerns."""
    row = path.rpartition(".")[0]
    is_shared = len(combined.owners[_without_row(path)]) > 1
    return is_shared and row.count(".") == 1 and not any(one.startswith(f"{row}.") for one in shown)


def _is_for_the_desk(form, path):
    key, _dot, rest = path.partition(".")
    field = form.by_key[key]
    if field.type == FieldType.ROWS and rest:
        field = field.by_key[rest.partition(".")[2]]
    return field.type in AT_THE_DESK


def _combined_paths(combined, part, paths):
    """Where these paths of a part stand in the combined form; pages and what is left out stand nowhere."""
    for path in paths:
        _key, *rest = path.split(".")
        place = combined.places.get((part.key, _without_row(path)))
        if place and rest:
            group, _dot, inner = place.partition(".")
            yield f"{group}.{rest[0]}.{inner}"
        elif place:
            yield place


def _without_row(path):
    key, *rest = path.split(".")
    return f"{key}.{rest[-1]}" if rest else key


def assert_form_is_sound(form):
    assert list(problems_of(form)) == []
