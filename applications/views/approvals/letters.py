"""The texts of decision letters: read by who works with them, changed by a department's approvers, tried before."""

from http import HTTPMethod

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from applications.letter_forms import LetterForm, initial_of
from applications.permissions import DESIGN_PROCEDURES, EDIT_LETTERS
from applications.queries.letter_trials import NoSuchCase, Trial, try_text
from applications.queries.letters import LetterKind, find_letter_kind, letter_kinds, placeholders_for
from applications.services.letter_texts import TextChangedMeanwhile, save_text
from applications.views.staff import record_reading, staff_of
from cityhall.access import staff_only
from cityhall.errors import DomainError
from cityhall.my_numbers import record_confirmed_number
from notices.queries.versions import differences_of
from notices.services import sample_letter


@staff_only(DESIGN_PROCEDURES)
@require_GET
def letter_list(request: HttpRequest) -> HttpResponse:
    """The letters of the procedures of one's departments."""
    return render(request, "applications/approvals/letters.html", {"kinds": letter_kinds(staff_of(request))})


@staff_only(DESIGN_PROCEDURES)
@never_cache
@require_http_methods(["GET", "POST"])
def letter_text(request: HttpRequest, key: str) -> HttpResponse:
    """One text: read, tried with a case or with examples, changed. What was typed stays on the page."""
    kind = _kind_or_404(request, key)
    is_preview = "preview" in request.POST
    if request.method != HTTPMethod.POST:
        return _show(request, kind, _form(kind))
    if not (is_preview or (kind.is_editable and staff_of(request).has_perm(EDIT_LETTERS))):
        raise Http404
    form = LetterForm(request.POST, known=_names(kind), is_preview=is_preview)
    if not form.is_valid():
        return _show(request, kind, form)
    if is_preview:
        return _show(request, kind, form, trial=_trial(request, kind, form))
    return _save(request, kind, form)


def _save(request: HttpRequest, kind: LetterKind, form: LetterForm) -> HttpResponse:
    user, data = staff_of(request), form.cleaned_data
    try:
        version = save_text(
            kind=kind,
            texts=form.texts(),
            change_note=data["change_note"],
            seen_version=data["seen_version"],
            by=user,
        )
    except TextChangedMeanwhile as error:
        kind = _kind_or_404(request, kind.notice_type.key)
        again = request.POST.copy()
        again["seen_version"] = str(kind.newest.number if kind.newest else 0)
        form = LetterForm(again, known=_names(kind))
        form.add_error(None, str(error))
        return _show(request, kind, form)
    except DomainError as error:
        form.add_error(None, str(error))
        return _show(request, kind, form)
    record_confirmed_number(
        form,
        by=user,
        target_type=version._meta.label_lower,
        target_id=str(version.pk),
        target_label=kind.notice_type.name,
        department_code="",
    )
    messages.success(
        request, _("文面を第%(number)s版として保存しました。これからの決定に使います。") % {"number": version.number}
    )
    return redirect("applications:letter_text", key=kind.notice_type.key)


@staff_only(DESIGN_PROCEDURES)
@never_cache
@require_POST
def letter_preview_pdf(request: HttpRequest, key: str) -> HttpResponse:
    """The letter as it would be printed, unsigned and marked as a sample; nothing is kept."""
    kind = _kind_or_404(request, key)
    form = LetterForm(request.POST, known=_names(kind), is_preview=True)
    trial = _trial(request, kind, form) if form.is_valid() else None
    if trial is None:
        return _show(request, kind, form)
    try:
        content = sample_letter(trial.text, department=trial.department)
    except DomainError as error:
        form.add_error(None, str(error))
        return _show(request, kind, form)
    return HttpResponse(
        content, content_type="application/pdf", headers={"Content-Disposition": 'inline; filename="sample.pdf"'}
    )


@staff_only(DESIGN_PROCEDURES)
@require_GET
def letter_versions(request: HttpRequest, key: str) -> HttpResponse:
    """Every version, newest first, with what was changed."""
    kind = _kind_or_404(request, key)
    context = {"kind": kind, "versions": differences_of(kind.notice_type)}
    return render(request, "applications/approvals/letter_versions.html", context)


def _kind_or_404(request: HttpRequest, key: str) -> LetterKind:
    kind = find_letter_kind(staff_of(request), key)
    if kind is None:
        raise Http404
    return kind


def _names(kind: LetterKind) -> set[str]:
    return {one.name for one in placeholders_for(kind)}


def _form(kind: LetterKind) -> LetterForm:
    return LetterForm(initial=dict(initial_of(kind.newest)), known=_names(kind))


def _trial(request: HttpRequest, kind: LetterKind, form: LetterForm) -> Trial | None:
    """The filled text; None, with the form saying so, when the case named cannot be used. Reading it is audited."""
    user = staff_of(request)
    try:
        trial = try_text(kind=kind, texts=form.texts(), number=form.cleaned_data["case_number"], user=user)
    except NoSuchCase as error:
        form.add_error("case_number", str(error))
        return None
    if trial.case is not None:
        record_reading(trial.case, user, detail="letter text")
    return trial


def _show(request: HttpRequest, kind: LetterKind, form: LetterForm, trial: Trial | None = None) -> HttpResponse:
    context = {
        "kind": kind,
        "form": form,
        "trial": trial,
        "placeholders": placeholders_for(kind),
        "may_edit": kind.is_editable and staff_of(request).has_perm(EDIT_LETTERS),
    }
    return render(request, "applications/approvals/letter.html", context)
