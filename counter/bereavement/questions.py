"""What one family is asked: the corner's own questions around those of the city's guide, as one form."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from applications.definition import Form, Page, parse
from applications.guide import Guide
from counter.combined import Combined
from counter.form_pages import Filling

_FILE: Final = Path(__file__).with_name("questions.yaml")
_BEFORE: Final = 1
"""Pages of the corner that come before those of the guide: who died."""
NAME, BIRTH, ADDRESS, HOUSEHOLD = "deceased_name", "deceased_birth", "deceased_address", "deceased_household"
DIED_ON: Final = "died_on"
RELATION: Final = "visitor_relation"
IDENTITY: Final = (NAME, BIRTH, ADDRESS, HOUSEHOLD)
"""What every department needs to find the person in its records."""
NEEDED: Final = frozenset({NAME, RELATION})
"""Without these, and the day, nobody can prepare anything."""
ROLES: Final = "visitor_roles"
AGENT: Final = "agent"


@cache
def own_form() -> Form:
    """The questions of the corner alone."""
    return parse(yaml.safe_load(_FILE.read_text(encoding="utf-8")))


def form_with(guide: Guide | None) -> Form:
    """Everything that is asked. Where the guide asks for the same key, its question stands.

    The day of death has come, whatever the guide of a city allows.
    """
    own = own_form().pages
    if guide is None:
        return Form(pages=own)
    taken = guide.form.by_key
    first, rest = (tuple(_without(page, taken) for page in pages) for pages in (own[:_BEFORE], own[_BEFORE:]))
    asked = (_with_day_over(page, guide.event.question) for page in guide.form.pages)
    return Form(pages=(*first, *asked, *rest))


def filling_of(guide: Guide | None, values: dict[str, Any]) -> Filling:
    """The form with what was typed so far."""
    return Filling(Combined(parts=(), form=form_with(guide), owners={}, ticks={}), values)


def day_key(guide: Guide | None) -> str:
    """The question for the day of death."""
    return guide.event.question if guide is not None else DIED_ON


def _without(page: Page, taken: Any) -> Page:
    fields = tuple(field for field in page.fields if field.key not in taken)
    return Page(key=page.key, title=page.title, intro=page.intro, fields=fields, visible_when=page.visible_when)


def _with_day_over(page: Page, day: str) -> Page:
    fields = tuple(replace(one, max=one.max or "today") if one.key == day else one for one in page.fields)
    return replace(page, fields=fields)
