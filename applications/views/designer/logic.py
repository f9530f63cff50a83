"""Conditions and calculations: rows of drop-downs, where every button sends all of them and only one saves."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPMethod
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from applications.conditions import ConditionError, parse_condition, parse_value
from applications.definition import SETTINGS
from applications.designer import calculation_form, condition_form, operations
from applications.designer.calculation_form import CalculationForm
from applications.designer.condition_form import ConditionForm
from applications.designer.labels import Labels
from applications.designer.operations import Design
from applications.designer.places import kind_of
from applications.designer.sentences import condition_sentence, value_sentence
from applications.models import Procedure
from applications.permissions import DESIGN_PROCEDURES
from applications.services.designing import change_design
from applications.views.designer.common import (
    document_of,
    note_number,
    procedure_or_404,
    seen_revision,
    show,
    staff,
    tell,
)
from applications.views.designer.fields import place_or_404
from applications.views.designer.listing import READ_OR_SEND
from applications.views.designer.sections import page_or_404
from cityhall.access import staff_only
from cityhall.errors import DomainError
from cityhall.queries.staff import scope_of
from cityhall.text import BadText, clean_json

VISIBLE, REQUIRED, VALUE = "visible", "required", "value"
_SETTING = {VISIBLE: "visible_when", REQUIRED: "required_when", VALUE: "value"}
_MOST_JSON = 20_000


@dataclass(frozen=True)
class _Spot:
    """The place of one condition or calculation, and how it is written back."""

    request: HttpRequest
    procedure: Procedure
    kind: str
    path: str
    label: str
    group: str
    current: Any
    back_url: str
    write: Callable[[Design, Any], Design]

    @property
    def is_administrator(self) -> bool:
        return scope_of(staff(self.request)).is_administrator

    def sentence(self) -> str:
        """What stands there now, in words."""
        if not self.current:
            return ""
        labels = Labels.of(document_of(self.procedure))
        tell_it = value_sentence if self.kind == VALUE else condition_sentence
        return tell_it(self.current, labels, group=self.group)


@staff_only(DESIGN_PROCEDURES)
@never_cache
@require_http_methods(READ_OR_SEND)
def design_logic(request: HttpRequest, key: str, path: str, kind: str) -> HttpResponse:
    """When a field is shown or required, or how it is calculated."""
    procedure = procedure_or_404(request, key)
    place = place_or_404(procedure, path)
    setting = _SETTING.get(kind)
    if setting not in SETTINGS[kind_of(place.field)]:
        raise Http404
    return _page(
        _Spot(
            request=request,
            procedure=procedure,
            kind=kind,
            path=path,
            label=str(place.field.get("label", "")),
            group=str(place.group["key"]) if place.group else "",
            current=place.field.get(setting),
            back_url=reverse("applications:design_field", args=[key, path]),
            write=lambda design, value: operations.change_field(design, path, {setting: value}),
        )
    )


@staff_only(DESIGN_PROCEDURES)
@never_cache
@require_http_methods(READ_OR_SEND)
def design_section_logic(request: HttpRequest, key: str, page: str) -> HttpResponse:
    """When a section is shown."""
    procedure = procedure_or_404(request, key)
    found = page_or_404(procedure, page)
    return _page(
        _Spot(
            request=request,
            procedure=procedure,
            kind=VISIBLE,
            path="",
            label=str(found.get("title", "")),
            group="",
            current=found.get("visible_when"),
            back_url=reverse("applications:design_section", args=[key, page]),
            write=lambda design, value: operations.change_page(design, page, {"visible_when": value}),
        )
    )


def _page(spot: _Spot) -> HttpResponse:
    if spot.request.method != HTTPMethod.POST:
        return _show(spot, _stored(spot))
    action, _colon, argument = spot.request.POST.get("action", "save").partition(":")
    match action:
        case "clear":
            return _save(spot, None, None)
        case "json":
            return _save_json(spot)
        case "save":
            return _save_rows(spot, _sent(spot).checked())
    return _show(spot, _changed(spot, _sent(spot), action, argument))


def _changed(
    spot: _Spot, sent: ConditionForm | CalculationForm, action: str, argument: str
) -> ConditionForm | CalculationForm:
    """The rows with one more or one less. Nothing is saved."""
    name = spot.request.POST.get("subject", "")
    if action == "add":
        return sent.with_quantity(name) if isinstance(sent, CalculationForm) else sent.with_subject(name)
    if action == "remove" and argument.isdecimal():
        return sent.without(int(argument[:3]))
    return sent


def _save_rows(spot: _Spot, checked: ConditionForm | CalculationForm) -> HttpResponse:
    if checked.has_errors:
        return _show(spot, checked)
    value = checked.expression() if isinstance(checked, CalculationForm) else checked.condition()
    return _save(spot, value, checked)


def _stored(spot: _Spot) -> ConditionForm | CalculationForm | None:
    document = document_of(spot.procedure)
    if spot.kind == VALUE:
        return calculation_form.form_of(document, spot.path, spot.current)
    return condition_form.form_of(document, spot.path, spot.current)


def _sent(spot: _Spot) -> ConditionForm | CalculationForm:
    document, data = document_of(spot.procedure), spot.request.POST
    if spot.kind == VALUE:
        return calculation_form.form_sent(document, spot.path, data)
    return condition_form.form_sent(document, spot.path, data)


def _show(
    spot: _Spot, form: ConditionForm | CalculationForm | None, *, json_text: str | None = None, json_error: str = ""
) -> HttpResponse:
    """The rows, or, for what no row can say, the words and for administrators the JSON."""
    written = json.dumps(spot.current, ensure_ascii=False, indent=2) if spot.current else ""
    context = {
        "spot": spot,
        "form": form,
        "sentence": spot.sentence(),
        "json": written if json_text is None else json_text,
        "json_error": json_error,
        "title": _TITLES[spot.kind]() % {"label": spot.label},
    }
    template = "calculation.html" if spot.kind == VALUE else "condition.html"
    return show(spot.request, template, spot.procedure, context)


def _save(spot: _Spot, value: Any, form: ConditionForm | CalculationForm | None) -> HttpResponse:
    try:
        change_design(
            procedure=spot.procedure,
            expected_revision=seen_revision(spot.request),
            operation=lambda design: spot.write(design, value),
            by=staff(spot.request),
        )
    except DomainError as error:
        if form is None:
            tell(spot.request, error)
            return redirect(spot.request.path)
        fresh = procedure_or_404(spot.request, spot.procedure.key)
        return _show(replace(spot, procedure=fresh), replace(form, error=str(error)))
    if isinstance(form, ConditionForm):
        note_number(spot.request, spot.procedure, form)
    messages.success(spot.request, _("条件を保存しました。") if spot.kind != VALUE else _("計算を保存しました。"))
    return redirect(spot.back_url)


def _save_json(spot: _Spot) -> HttpResponse:
    """What an administrator wrote by hand; kept on the page until it can be read."""
    if not spot.is_administrator:
        raise Http404
    text = spot.request.POST.get("json", "")
    try:
        value = _read_json(spot, text)
    except (ValueError, RecursionError):
        return _show(spot, None, json_text=text, json_error=_("JSONの形式が正しくありません。"))
    except (BadText, ConditionError) as error:
        return _show(spot, None, json_text=text, json_error=str(error))
    return _save(spot, value, None)


def _read_json(spot: _Spot, text: str) -> Any:
    """Raises ValueError or RecursionError for no JSON, BadText for too much of it, ConditionError for no condition."""
    if len(text) > _MOST_JSON:
        raise BadText
    value = clean_json(json.loads(text))
    if not isinstance(value, dict):
        # a number alone is a value to the language; in a document it stands in a mapping
        raise BadText(_("名前と値の組で書いてください。"))
    (parse_value if spot.kind == VALUE else parse_condition)(value, spot.label)
    return value


_TITLES: dict[str, Callable[[], str]] = {
    VISIBLE: lambda: _("「%(label)s」を表示する条件"),
    REQUIRED: lambda: _("「%(label)s」を必須にする条件"),
    VALUE: lambda: _("「%(label)s」の計算"),
}
