"""One procedure with its form as a list, and everything that a button of the list does."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from applications.designer import moving, operations
from applications.designer.differences import canonical
from applications.designer.moving import destinations
from applications.designer.operations import DOWN, UP, Design
from applications.designer.overview import overview
from applications.designer.showing import problems_of
from applications.designer.standing import missing_facts, standing
from applications.enums import ProcedureMode, ProcedureState
from applications.models import Procedure
from applications.permissions import DESIGN_PROCEDURES
from applications.posters import short_url
from applications.queries.designing import design_of, drafts_by_version
from applications.services.designing import change_design
from applications.views.designer.common import (
    document_of,
    field_anchor,
    procedure_or_404,
    seen_revision,
    show,
    staff,
    tell,
    to_overview,
)
from cityhall.access import staff_only
from cityhall.errors import DomainError

Done = tuple[Design, str]
"""The next design, and the id in the page to look at."""


@staff_only(DESIGN_PROCEDURES)
@never_cache
@require_safe
def design_overview(request: HttpRequest, key: str) -> HttpResponse:
    """The form of one procedure as a list, with the preview beside it and what is still wrong above it."""
    procedure = procedure_or_404(request, key)
    design, document = design_of(procedure), document_of(procedure)
    is_guide = procedure.mode == ProcedureMode.GUIDE_ONLY
    has_draft = not is_guide and _has_draft(procedure)
    context = {
        "standing": standing(procedure, now=timezone.now(), has_draft=has_draft),
        "has_draft": has_draft,
        "missing": missing_facts(procedure),
        "overview": overview(document, problems_of(document)),
        "destinations": destinations(document),
        "drafts": drafts_by_version(procedure),
        "is_overtaken": design.base_version_id != procedure.current_version_id,
        "is_guide": is_guide,
        "can_open": is_guide or procedure.current_version is not None,
        "states": ProcedureState,
        # a poster leads to a page that the public sees
        "short_url": short_url(procedure) if procedure.state == ProcedureState.PUBLISHED else "",
    }
    return show(request, "overview.html", procedure, context)


def _has_draft(procedure: Procedure) -> bool:
    """Whether the form in work says anything that no version says yet."""
    current, document = procedure.current_version, document_of(procedure)
    if current is None:
        return any(page["fields"] for page in document["pages"])
    return bool(canonical(current.definition) != canonical(document))


@staff_only(DESIGN_PROCEDURES)
@require_POST
def design_act(request: HttpRequest, key: str) -> HttpResponse:
    """What a button of the list says: `up:q3`, `delete-section:page_1`, `delete-chosen`, `undo` …"""
    procedure = procedure_or_404(request, key)
    name, _colon, argument = request.POST.get("action", "").partition(":")
    act = _ACTIONS.get(name)
    if act is None:
        return to_overview(key)
    anchors: list[str] = []

    def operation(design: Design) -> Design:
        changed, anchor = act(design, argument, request)
        anchors.append(anchor)
        return changed

    try:
        change_design(
            procedure=procedure, expected_revision=seen_revision(request), operation=operation, by=staff(request)
        )
    except DomainError as error:
        tell(request, error)
        return to_overview(key)
    if name in _SAYINGS:
        messages.success(request, _SAYINGS[name]())
    return to_overview(key, anchors[-1])


def _move(step: int) -> Callable[[Design, str, HttpRequest], Done]:
    return lambda design, path, _request: (moving.move_field(design, path, step), field_anchor(path))


def _move_section(step: int) -> Callable[[Design, str, HttpRequest], Done]:
    return lambda design, key, _request: (operations.move_page(design, key, step), f"section-{key}")


def _duplicate(design: Design, path: str, _request: HttpRequest) -> Done:
    changed, copy = operations.duplicate_field(design, path)
    return changed, field_anchor(copy)


def _delete(design: Design, path: str, _request: HttpRequest) -> Done:
    return operations.delete_fields(design, [path]), "undo"


def _delete_section(design: Design, key: str, _request: HttpRequest) -> Done:
    return operations.delete_page(design, key), "undo"


def _delete_chosen(design: Design, _argument: str, request: HttpRequest) -> Done:
    return operations.delete_fields(design, _chosen(request)), "undo"


def _move_chosen(design: Design, _argument: str, request: HttpRequest) -> Done:
    changed, paths = moving.move_to(design, _chosen(request), request.POST.get("target", ""))
    return changed, field_anchor(paths[0])


def _move_one(design: Design, path: str, request: HttpRequest) -> Done:
    changed, paths = moving.move_to(design, [path], request.POST.get("target", ""))
    return changed, field_anchor(paths[0])


def _drop(design: Design, path: str, request: HttpRequest) -> Done:
    changed, new_path = moving.move_before(design, path, request.POST.get("before", ""))
    return changed, field_anchor(new_path)


def _undo(design: Design, _argument: str, _request: HttpRequest) -> Done:
    return operations.put_back(design), "form"


def _chosen(request: HttpRequest) -> list[str]:
    chosen = request.POST.getlist("chosen")
    if not chosen:
        raise operations.DesignRefused(_("項目を一つ以上選んでから、ボタンを押してください。"))
    return chosen


_ACTIONS: dict[str, Callable[[Design, str, HttpRequest], Done]] = {
    "up": _move(UP),
    "down": _move(DOWN),
    "section-up": _move_section(UP),
    "section-down": _move_section(DOWN),
    "duplicate": _duplicate,
    "delete": _delete,
    "delete-section": _delete_section,
    "delete-chosen": _delete_chosen,
    "move-chosen": _move_chosen,
    "move": _move_one,
    "drop": _drop,
    "undo": _undo,
}
_SAYINGS: dict[str, Callable[[], str]] = {
    "delete": lambda: _("削除しました。「元に戻す」で取り消せます。"),
    "delete-section": lambda: _("セクションを削除しました。「元に戻す」で取り消せます。"),
    "delete-chosen": lambda: _("選んだ項目を削除しました。「元に戻す」で取り消せます。"),
    "move-chosen": lambda: _("選んだ項目を移動しました。"),
    "move": lambda: _("項目を移動しました。"),
    "duplicate": lambda: _("複製しました。"),
    "undo": lambda: _("削除した項目を元に戻しました。"),
}
