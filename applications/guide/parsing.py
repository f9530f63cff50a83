"""From a guide's document (schema 1) to a guide. Every mistake is collected with its place."""

from typing import Any

from django.utils.translation import gettext as _

from applications import definition
from applications.conditions import parse_condition, parse_value
from applications.definition import DefinitionError, Form, Problem
from applications.definition.values import repeated
from applications.guide.model import Due, Elsewhere, Event, Guide, Office, Reason, Result, Telling
from applications.guide.reading import Mapping

SCHEMA = 1
MAX_RESULTS = 100
MAX_TELLINGS = 50
_SAFE = "https://"


def parse(document: object) -> Guide:
    """The guide of a document. Raises DefinitionError naming every mistake; `guide.check` looks further."""
    problems: list[Problem] = []
    top = Mapping(document, "guide", problems)
    if top.take("schema") != SCHEMA:
        top.note(_("schema は %(schema)s にしてください。") % {"schema": SCHEMA})
    guide = Guide(
        title=top.text("title", needed=True, most=100),
        intro=top.text("intro", most=2000),
        form=_form(top),
        event=_event(top),
        results=_results(top),
        tells=_tells(top),
    )
    top.refuse_rest()
    if problems:
        raise DefinitionError.of(tuple(problems))
    return guide


def _form(top: Mapping) -> Form:
    pages: Any = top.take("pages")
    found = top.noting(lambda: definition.parse({"schema": definition.SCHEMA, "pages": pages}))
    return found or Form(pages=())


def _event(top: Mapping) -> Event:
    data = top.inside("event")
    event = Event(
        question=data.text("question", needed=True, most=60),
        future_days=data.count("future_days", most=730),
        long_ago_years=data.count("long_ago_years", 10, most=100),
    )
    data.refuse_rest()
    return event


def _results(top: Mapping) -> tuple[Result, ...]:
    found = tuple(_result(one) for one in top.several("results"))
    if not 1 <= len(found) <= MAX_RESULTS:
        top.note(_("結果（results）は1〜%(most)s件にしてください。") % {"most": MAX_RESULTS})
    if twice := repeated([one.key for one in found if one.key]):
        top.note(_("同じキーの結果が二度あります: %(keys)s") % {"keys": ", ".join(twice)})
    return found


def _tells(top: Mapping) -> tuple[Telling, ...]:
    found = []
    for one in top.several("tells"):
        value = one.parsed("value", parse_value)
        concept, when = one.text("concept", needed=True, most=60), one.parsed("when", parse_condition)
        one.refuse_rest()
        if value is None:
            one.note(_("引き継ぐ値（value）を書いてください。"))
        else:
            found.append(Telling(concept, value, when))
    if len(found) > MAX_TELLINGS:
        top.note(_("引き継ぎ（tells）は%(most)s件までにしてください。") % {"most": MAX_TELLINGS})
    return tuple(found)


def _result(data: Mapping) -> Result:
    key = data.key()
    # from here on mistakes are found by the key, not by counting
    data.where = f"results.{key}" if key else data.where
    result = Result(
        key=key,
        title=data.text("title", needed=True, most=100),
        text=data.text("text", needed=True, most=600),
        reasons=_reasons(data),
        due=_due(data.inside("due")),
        office=_office(data.inside("office")),
        procedure=data.text("procedure", most=60),
        when=data.parsed("when", parse_condition),
        fee=data.text("fee", most=100),
        papers=data.texts("papers"),
        elsewhere=tuple(_elsewhere(one) for one in data.several("elsewhere")),
    )
    data.refuse_rest()
    return result


def _reasons(data: Mapping) -> tuple[Reason, ...]:
    """One sentence, or several with conditions of which one is for everybody."""
    if isinstance(data.data.get("reason"), str):
        return (Reason(data.text("reason", needed=True, most=300)),)
    reasons = []
    for one in data.several("reason"):
        reasons.append(Reason(one.text("text", needed=True, most=300), one.parsed("when", parse_condition)))
        one.refuse_rest()
    if not reasons or all(one.when is not None for one in reasons):
        data.note(_("理由（reason）には、条件のない文を一つ書いてください。"))
    return tuple(reasons)


def _due(data: Mapping) -> Due:
    due = Due(
        text=data.text("text", needed=True, most=200),
        start=data.parsed("from", parse_value),
        days=data.count("days"),
        months=data.count("months", most=1200),
        years=data.count("years", most=100),
        moves=data.flag("moves"),
        is_soon=data.flag("soon"),
        opens=data.parsed("opens", parse_value),
        late=data.text("late", most=300),
    )
    if due.start is None and (due.days or due.months or due.years or due.moves):
        data.note(_("日数を数える起点（from）がありません。"))
    data.refuse_rest()
    return due


def _office(data: Mapping) -> Office:
    office = Office(
        department=data.text("department", most=30),
        name=data.text("name", most=60),
        place=data.text("place", most=100),
        hours=data.text("hours", most=100),
        phone=data.text("phone", most=30),
    )
    if bool(office.department) == bool(office.name):
        data.note(_("課のコード（department）か、市役所以外の名前（name）の、どちらか一つを書いてください。"))
    if office.name and not office.place:
        data.note(_("市役所以外のときは、場所（place）も書いてください。"))
    data.refuse_rest()
    return office


def _elsewhere(data: Mapping) -> Elsewhere:
    place = Elsewhere(
        name=data.text("name", needed=True, most=60),
        url=data.text("url", most=300),
        fee=data.text("fee", most=60),
        note=data.text("note", most=200),
    )
    if place.url and not place.url.startswith(_SAFE):
        data.note(_("url は https:// で始めてください。"))
    data.refuse_rest()
    return place
