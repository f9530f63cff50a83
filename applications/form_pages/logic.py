"""What conditions make of a draft: read from what is typed, right or wrong, before any page is checked."""

from collections.abc import Collection, Mapping
from typing import Any

from applications import typed
from applications.answers import Answers
from applications.conditions import Outcome, logic_document, outcome
from applications.conditions.plan import plan_of
from applications.corrections import Lock
from applications.definition import Form, Page
from applications.enums import FILE_TYPES, FieldType
from applications.form_pages.cleaning import Cleaner
from applications.form_pages.stored import Attached
from cityhall.days import ERAS, today

Given = Mapping[str, Any]
"""Question key → the answer that nobody types: from the record, or from a link."""


def outcome_of(
    form: Form,
    draft: Mapping[str, Any],
    attached: Attached,
    *,
    given: Given | None = None,
    lock: Lock | None = None,
) -> Outcome | None:
    """What is shown, required and calculated as the draft stands; None where nothing depends on answers.

    An answer that cannot be understood yet is blank to all others. In a round of corrections what is locked
    counts as it was sent.
    """
    if not form.has_logic:
        return None
    answers = deciding_answers(form, draft, attached, given=given)
    if lock:
        answers = lock.merged(answers, lock.locked_keys(form, answers))
    return outcome(form, answers, today=today())


def deciding_answers(
    form: Form, draft: Mapping[str, Any], attached: Attached, *, given: Given | None = None
) -> Answers:
    """The answers that conditions and calculated values look at, as far as they can be understood."""
    return understood(form, draft, attached, given=given or {}, keys=plan_of(form).looked_at) if form.has_logic else {}


def understood(
    form: Form, draft: Mapping[str, Any], attached: Attached, *, given: Given, keys: Collection[str]
) -> Answers:
    """The answers of these questions (`key`, `group.question`) that can be understood, hidden or not."""
    answers: Answers = {key: given[key] for key in keys if key in given}
    for field in form.questions:
        if field.type == FieldType.ROWS:
            inside = [one for one in field.fields if f"{field.key}.{one.key}" in keys]
            cleaner = Cleaner(inside, attached)
            # every row, whatever is asked of it: conditions tell of each question in each row
            answers[field.key] = [cleaner.row(field, row).answers for row in draft.get(field.key) or ()]
        elif field.key in keys and field.type not in typed.NOT_TYPED - FILE_TYPES:
            answers.update(Cleaner([field], attached).plain(field, draft))
    return answers


def shown_pages(form: Form, found: Outcome | None) -> list[int]:
    """The numbers of the pages that are shown. A page has the same number, and address, whatever is hidden."""
    return [number for number, page in enumerate(form.pages, 1) if found is None or page.key in found.visible]


def is_alive(form: Form, page: Page) -> bool:
    """Whether an answer of the page can change what stands on it; otherwise the browser has nothing to work out.

    What answers of other pages decide stood fast before the page was made.
    """
    fields = [(field.key, field) for field in page.fields]
    fields += [(f"{group.key}.{one.key}", one) for group in page.fields for one in group.fields]
    depends = any(one.visible_when or one.required_when or one.value for _key, one in fields)
    return depends and any(key in plan_of(form).looked_at for key, _one in fields)


def logic_data(form: Form, answers: Answers) -> dict[str, Any]:
    """What the browser needs to evaluate the form itself (static/js/form-logic.js): data, no code, no words.

    `answers` are the deciding ones of the whole form; the page's own controls are newer.
    """
    inside = {f"{field.key}.{one.key}": one.unit for field in form.fields for one in field.fields if one.unit}
    units = {field.key: field.unit for field in form.fields if field.unit}
    return {
        "today": today().isoformat(),
        "form": logic_document(form),
        "answers": answers,
        "units": units | inside,
        "eras": {era.key: [era.first_day.isoformat(), era.last_day.isoformat()] for era in ERAS},
    }
