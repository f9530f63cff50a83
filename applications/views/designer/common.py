"""What the pages of the designer share: who works, on which procedure, from which revision."""

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from applications.designer.places import Document
from applications.models import FormDesign, Procedure
from applications.queries.designing import design_of, designable
from cityhall.models import User
from cityhall.my_numbers import Confirmed, record_confirmed_number

_HIGHEST = 2_000_000_000


def staff(request: HttpRequest) -> User:
    """The signed-in member of staff; the access rule has let in nobody else."""
    return cast("User", request.user)


def procedure_or_404(request: HttpRequest, key: str) -> Procedure:
    """A procedure of the person's departments with its form in work and its current version: one query."""
    rows = designable(staff(request)).select_related(
        "department", "current_version", "design__changed_by", "design__base_version"
    )
    return get_object_or_404(rows, key=key)


def document_of(procedure: Procedure) -> Document:
    return cast("Document", design_of(procedure).document)


def seen_revision(request: HttpRequest) -> int:
    """The revision that the page showed; one that nothing has for what is no number."""
    text = request.POST.get("revision", "")
    # what is longer than any revision is none, and no number for the database either
    return int(text) if text.isascii() and text.isdigit() and len(text) < len(str(_HIGHEST)) else -1


def show(request: HttpRequest, template: str, procedure: Procedure, context: dict[str, Any]) -> HttpResponse:
    """A page of the designer: all of them know the procedure and its form in work."""
    design: FormDesign = design_of(procedure)
    shared = {"procedure": procedure, "design": design, "revision": design.revision}
    return render(request, f"applications/designer/{template}", shared | context)


def to_overview(key: str, anchor: str = "") -> HttpResponse:
    """Back to the list; the field that was worked on is in view and next for the Tab key."""
    answer = redirect("applications:design_overview", key=key)
    if anchor:
        answer["Location"] = f"{answer['Location']}#{anchor}"
    return answer


def field_anchor(path: str) -> str:
    return f"field-{path.replace('.', '-')}"


def note_number(request: HttpRequest, procedure: Procedure, form: Confirmed) -> None:
    """What the form saved had twelve digits in it that the person said are no My Number."""
    record_confirmed_number(
        form,
        by=staff(request),
        target_type="applications.procedure",
        target_id=procedure.key,
        target_label=procedure.name,
        department_code=procedure.department.code,
    )


def tell(request: HttpRequest, error: Exception) -> None:
    """A refusal as a message of the next page."""
    messages.warning(request, str(error))
