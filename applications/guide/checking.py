"""Whether a guide means something: asked before it is published, uploaded or loaded."""

from collections.abc import Collection, Iterable, Iterator

from django.utils.translation import gettext as _

from applications.conditions import Condition, Kind, Value
from applications.conditions.kind_rules import check_condition, kind_in
from applications.conditions.plan import plan_of
from applications.conditions.spots import Index, Spot
from applications.definition import Field, Form, Problem
from applications.enums import FieldType
from applications.guide.model import Guide, Result
from applications.guide.telling import problems_of_tellings
from applications.publishable import publishing_problems

T = FieldType
ASKED = frozenset({T.CHOICE, T.CHECKBOXES, T.YES_NO, T.DATE, T.NUMBER, T.CALCULATED, T.HEADING, T.EXPLANATION})
"""A guide asks nothing that names a person: answers are kept without an account, and shared by a code."""


def check(guide: Guide) -> list[Problem]:
    """Every mistake of questions and rules; none for a good guide. Asks no database."""
    return [
        *publishing_problems(guide.form),
        *_kinds_of_questions(guide.form),
        *_event(guide),
        *_expressions(guide),
        *problems_of_tellings(guide, _index(guide.form)),
    ]


def check_named(guide: Guide, *, procedures: Collection[str], departments: Collection[str]) -> list[Problem]:
    """The results that name a procedure or a department which does not exist."""
    return [problem for result in guide.results for problem in _unknown(result, procedures, departments)]


def references_of(guide: Guide) -> tuple[set[str], set[str]]:
    """The keys of procedures and the codes of departments that the guide names."""
    procedures = {one.procedure for one in guide.results if one.procedure}
    return procedures, {one.office.department for one in guide.results if one.office.department}


def _unknown(result: Result, procedures: Collection[str], departments: Collection[str]) -> Iterator[Problem]:
    where, office = f"results.{result.key}", result.office
    if result.procedure and result.procedure not in procedures:
        reason = _("「%(title)s」が案内する手続 %(key)s がありません。")
        yield Problem(where, reason % {"title": result.title, "key": result.procedure})
    if office.department and office.department not in departments:
        yield Problem(where, _("課 %(code)s が登録されていません。") % {"code": office.department})


def _kinds_of_questions(form: Form) -> Iterator[Problem]:
    for field in form.fields:
        if field.type not in ASKED:
            reason = _("「%(kind)s」の質問は、手続ガイドでは使えません。氏名や住所などは尋ねないでください。")
            yield Problem(field.key, reason % {"kind": field.type.label})
        elif field.other or field.concept:
            yield Problem(
                field.key,
                _(
                    "手続ガイドの質問では、その他の記入欄（other）と概念（concept）は使えません。答えを様式に引き継ぐときは、"
                    "tells に書いてください。"
                ),
            )


def _event(guide: Guide) -> Iterator[Problem]:
    field = guide.form.by_key.get(guide.event.question)
    if field is None or field.type != T.DATE:
        yield Problem("guide.event", _("できごとの日（question）には、日付の質問のキーを書いてください。"))
    elif _is_optional(guide.form, field):
        yield Problem(
            "guide.event",
            _("できごとの日の質問は、必須（required）にして、表示する条件を付けないでください。期限を数えられません。"),
        )


def _is_optional(form: Form, field: Field) -> bool:
    page = form.pages[form.page_of(field.key) - 1]
    return not field.required or field.visible_when is not None or page.visible_when is not None


def _expressions(guide: Guide) -> list[Problem]:
    """Conditions and days of the results, compared with the questions."""
    problems: list[Problem] = []
    index = _index(guide.form)
    for result in guide.results:
        where = f"results.{result.key}"

        def spot(setting: str, where: str = where) -> Spot:
            return Spot(index, where, setting, "", problems)

        _check_conditions([result.when], spot(_("条件（when）")))
        _check_conditions([one.when for one in result.reasons], spot(_("理由（reason）")))
        _check_day(result.due.start, spot(_("期限の起点（from）")))
        _check_day(result.due.opens, spot(_("できる日（opens）")))
    return problems


def _check_conditions(conditions: Iterable[Condition | None], spot: Spot) -> None:
    for condition in conditions:
        if condition is not None:
            check_condition(condition, spot)


def _check_day(value: Value | None, spot: Spot) -> None:
    kind = None if value is None else kind_in(value, spot)
    if kind is not None and kind != Kind.DATE:
        spot.note(_("日付になる値を書いてください（今は%(kind)sです）。") % {"kind": kind.label})


def _index(form: Form) -> Index:
    """The questions with the kinds of what is calculated from them."""
    index = Index.of(form)
    for step in plan_of(form).steps:
        if step.value is not None:
            # its own mistakes are noted by `publishing_problems`
            index.calculated[step.where] = kind_in(step.value, Spot(index, step.where, "", step.rows, []))
    return index
