"""The form of a document that may still be wrong: what is right is shown, for the preview and the test run."""

import copy
from typing import Any

from django.utils.translation import gettext as _

from applications import conditions
from applications.definition import DefinitionError, Form, Problem, parse, warnings_of
from applications.designer.places import Document, FieldDocument, PageDocument, kind_of, places
from applications.designer.single import field_problems
from applications.enums import FieldType
from applications.publishable import publishing_problems

_LOGIC = ("visible_when", "required_when")


def problems_of(document: Document) -> tuple[Problem, ...]:
    """Every mistake of the document; none for one that could be published."""
    try:
        return tuple(publishing_problems(parse(document)))
    except DefinitionError as error:
        return error.problems


def warnings_in(document: Document) -> list[Problem]:
    """What may be published and should be changed all the same; nothing of a document with mistakes."""
    try:
        return warnings_of(parse(document))
    except DefinitionError:
        return []


def shown_form(document: Document) -> Form:
    """The form without fields and conditions that are wrong; a section without fields says so."""
    good = copy.deepcopy(document)
    try:
        form = parse(good)
    except DefinitionError:
        good["pages"] = [_shown_page(page) for page in good["pages"]]
        form = parse(good)
    wrong = {problem.where for problem in conditions.check(form)}
    if not wrong:
        return form
    _drop_logic(good, wrong)
    return parse({**good, "pages": [_shown_page(page) for page in good["pages"]]})


def _shown_page(page: PageDocument) -> PageDocument:
    fields = [one for one in (_shown_field(field) for field in page["fields"]) if one]
    title = page.get("title") or _("（名前のないセクション）")
    return {**page, "title": title, "fields": fields or [_nothing(page["key"])]}


def _shown_field(one: FieldDocument) -> FieldDocument | None:
    """The field if it is right; a group with those of its fields that are."""
    if kind_of(one) == FieldType.ROWS:
        inner = [field for field in one.get("fields") or () if not field_problems(field, is_in_rows=True)]
        one = {**one, "fields": inner}
    return None if field_problems(one, is_in_rows=False) else one


def _nothing(key: str) -> FieldDocument:
    return {
        "key": f"{key}_nothing".replace("__", "_"),
        "type": FieldType.EXPLANATION.value,
        "label": "-",
        "text": _("このセクションには、まだ表示できる項目がありません。"),
    }


def _drop_logic(document: Document, wrong: set[str]) -> None:
    """Take out the conditions of these places, and calculated values among them as a whole."""
    for number, page in enumerate(document["pages"], start=1):
        if f"page {number}" in wrong:
            page.pop("visible_when", None)
    for place in list(places(document)):
        if place.path in wrong or place.field["key"] in wrong:
            _without_logic(place.field)


def _without_logic(one: dict[str, Any]) -> None:
    for name in _LOGIC:
        one.pop(name, None)
    if kind_of(one) == FieldType.CALCULATED:
        # a field that cannot be read is left out of the next reading
        one.pop("value", None)
