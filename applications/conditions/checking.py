"""Whether a form's conditions mean something: asked before a form is published, and by the designer."""

from collections.abc import Callable, Iterator

from django.utils.translation import gettext as _

from applications.conditions.kind_rules import check_condition, kind_in
from applications.conditions.kinds import Kind
from applications.conditions.plan import Plan, Step, page_place, plan_of
from applications.conditions.spots import Index, Spot
from applications.definition import Form, Logic, Problem
from applications.enums import FieldType
from cityhall.conditions.language import Condition, ConditionError, Node, Value
from cityhall.conditions.parsing import parse_condition, parse_value

_RESULTS = frozenset({Kind.TEXT, Kind.NUMBER, Kind.DATE, Kind.DATE_TIME, Kind.TIME})


def check(form: Form) -> list[Problem]:
    """Every mistake in the form's conditions and calculations, in the order of the form; none for a good form.

    Unreadable expressions, unknown questions and options, values of different kinds, answers of rows outside
    their rows, and whatever depends on itself.
    """
    plan = plan_of(form)
    problems = [*_repeated_keys(form), *_cycles(plan)]
    index = Index.of(form)
    # in the order of the plan, so that the kind of a calculated value is known where it is used
    for step in plan.steps:
        _check_step(step, index, problems)
    return sorted(problems, key=lambda problem: plan.places.index(problem.where))


def check_fee(form: Form, where: str, amount: Value, when: Condition | None) -> list[Problem]:
    """Every mistake of one fee's expressions, which stand beside the form: they may look at all of its questions."""
    problems: list[Problem] = []
    index = Index.of(form)
    for step in plan_of(form).steps:
        # the kinds of calculated values; what is wrong with those is the form's own problem
        _check_step(step, index, [])
    kind = kind_in(amount, Spot(index, where, _("金額"), "", problems))
    if kind not in (None, Kind.NUMBER):
        problems.append(Problem(where, _("金額は数にしてください。")))
    if when is not None:
        check_condition(when, Spot(index, where, _("条件"), "", problems))
    return problems


def _check_step(step: Step, index: Index, problems: list[Problem]) -> None:
    visible = Spot(index, step.where, _("表示する条件"), step.rows, problems)
    required = Spot(index, step.where, _("必須にする条件"), step.rows, problems)
    value = Spot(index, step.where, _("計算の式"), step.rows, problems)
    _check_condition(step, step.visible, (step.field or step.page).visible_when, visible)
    if step.field:
        _check_condition(step, step.required, step.field.required_when, required)
        if step.field.type == FieldType.CALCULATED:
            _check_calculated(step, step.field.value, value)
        elif step.field.value is not None:
            value.note(_("式は「計算した値」の項目にだけ書けます。"))


def _check_condition(step: Step, condition: Condition | None, document: Logic | None, spot: Spot) -> None:
    if condition is None:
        _note_unreadable(parse_condition, document, spot)
    elif not _looks_at_itself(step, condition, spot):
        check_condition(condition, spot)


def _check_calculated(step: Step, document: Logic | None, spot: Spot) -> None:
    if document is None:
        spot.note(_("式がありません。計算のしかたを選んでください。"))
    if step.value is None:
        _note_unreadable(parse_value, document, spot)
    elif not _looks_at_itself(step, step.value, spot):
        kind = kind_in(step.value, spot)
        if kind is not None and kind not in _RESULTS:
            spot.note(_("「%(kind)s」を計算の結果にすることはできません。") % {"kind": kind.label})
            kind = None
        spot.index.calculated[step.where] = kind


def _note_unreadable(parse: Callable[[object, str], Node], document: Logic | None, spot: Spot) -> None:
    """The plan leaves out what cannot be read; here is why."""
    try:
        if document is not None:
            parse(document, spot.where)
    except ConditionError as error:
        spot.note(error.reason)


def _looks_at_itself(step: Step, node: Node, spot: Spot) -> bool:
    is_itself = step.where in step.looks_at(node)
    if is_itself:
        spot.note(_("自分自身の回答で決めることはできません。ほかの項目を選んでください。"))
    return is_itself


def _cycles(plan: Plan) -> Iterator[Problem]:
    """One problem a cycle, at the first of its fields, with all on the way."""
    steps = {step.where: step for step in plan.steps}
    for cycle in plan.cycles:
        names = " → ".join(_("「%(name)s」") % {"name": _name(steps[where])} for where in cycle)
        yield Problem(
            min(cycle, key=plan.places.index),
            _(
                "条件や計算がたがいに相手の結果を待つ形になっていて、決まりません（%(names)s）。どれか一つの条件を外してください。"
            )
            % {"names": names},
        )


def _name(step: Step) -> str:
    return step.field.label if step.field else step.page.title


def _repeated_keys(form: Form) -> Iterator[Problem]:
    """Pages and questions share one set of visible keys."""
    for number, page in enumerate(form.pages, start=1):
        if page.key in form.by_key:
            yield Problem(
                page_place(number),
                _("ページと項目「%(label)s」のキーが同じです。どちらかを変えてください: %(key)s")
                % {"label": form.by_key[page.key].label, "key": page.key},
            )
