"""Writing a text: checked, tried with sample values on the page and on paper, kept as a new version."""

from http import HTTPMethod
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cityhall.access import staff_only
from cityhall.errors import DomainError
from cityhall.my_numbers import record_confirmed_number
from notices.forms_kinds import KindTextForm
from notices.models import NoticeType, NoticeTypeVersion
from notices.queries.kinds import may_change_kind, newest_version_of
from notices.services.kinds import TextChangedMeanwhile, new_version
from notices.text_keepers import kept_elsewhere
from notices.texts import USUAL
from notices.views.kinds.listing import kind_or_404, letter_response, preview_of, staff_of

RIGHT = "notices.add_noticetypeversion"


@staff_only(RIGHT)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def kind_text(request: HttpRequest, key: str) -> HttpResponse:
    """The newest text to be changed. What was typed stays on the page."""
    kind = _writable_or_404(request, key)
    newest = newest_version_of(kind)
    if request.method != HTTPMethod.POST:
        return _show(request, kind, KindTextForm(newest=newest))
    is_preview = "preview" in request.POST
    form = KindTextForm(request.POST, request.FILES, newest=newest, is_preview=is_preview)
    if not form.is_valid():
        return _show(request, kind, form)
    return _try(request, kind, form) if is_preview else _save(request, kind, form)


@staff_only(RIGHT)
@never_cache
@require_POST
def kind_text_letter(request: HttpRequest, key: str) -> HttpResponse:
    """What is being written as a letter; nothing is kept."""
    kind = _writable_or_404(request, key)
    form = KindTextForm(request.POST, newest=newest_version_of(kind), is_preview=True)
    if not form.is_valid():
        return _show(request, kind, form)
    try:
        return letter_response(kind, _unsaved(form), form.cleaned_data["values"])
    except DomainError as error:
        form.add_error(None, str(error))
        return _show(request, kind, form)


def _try(request: HttpRequest, kind: NoticeType, form: KindTextForm) -> HttpResponse:
    try:
        preview = preview_of(kind, _unsaved(form), form.cleaned_data["values"])
    except DomainError as error:
        form.add_error(None, str(error))
        return _show(request, kind, form)
    return _show(request, kind, form, preview=preview)


def _save(request: HttpRequest, kind: NoticeType, form: KindTextForm) -> HttpResponse:
    user, data = staff_of(request), form.cleaned_data
    try:
        version = new_version(
            notice_type=kind,
            texts=form.texts(),
            files=form.files_kept(),
            uploads=data["uploads"],
            change_note=data["change_note"],
            seen_version=data["seen_version"],
            by=user,
        )
    except TextChangedMeanwhile as error:
        return _show(request, kind, _again(request, kind, error))
    except DomainError as error:
        form.add_error(None, str(error))
        return _show(request, kind, form)
    record_confirmed_number(
        form,
        by=user,
        target_type=version._meta.label_lower,
        target_id=str(version.pk),
        target_label=kind.name,
        department_code=kind.department.code if kind.department else "",
    )
    messages.success(
        request, _("文面を第%(number)s版として保存しました。これから作る通知に使います。") % {"number": version.number}
    )
    return redirect("notices:kind_detail", key=kind.key)


def _again(request: HttpRequest, kind: NoticeType, error: DomainError) -> KindTextForm:
    """What was typed, now beside the text that somebody else saved meanwhile."""
    newest = newest_version_of(kind)
    data = request.POST.copy()
    data["seen_version"] = str(newest.number if newest else 0)
    form = KindTextForm(data, request.FILES, newest=newest)
    form.add_error(None, str(error))
    return form


def _unsaved(form: KindTextForm) -> NoticeTypeVersion:
    return NoticeTypeVersion(**form.texts())


def _writable_or_404(request: HttpRequest, key: str) -> NoticeType:
    """The kind, when the person writes its text, and writes it here."""
    user, kind = staff_of(request), kind_or_404(request, key)
    if not may_change_kind(user, kind) or kept_elsewhere(user, [kind.pk]):
        raise Http404
    return kind


def _show(
    request: HttpRequest, kind: NoticeType, form: KindTextForm, preview: dict[str, Any] | None = None
) -> HttpResponse:
    context = {"kind": kind, "form": form, "usual": USUAL, "preview": preview, **(preview or {})}
    return render(request, "notices/kinds/text.html", context)
