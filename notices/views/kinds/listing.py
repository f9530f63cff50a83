"""The kinds of notices that a person may see, and one of them with its text as it would be read."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cityhall.access import staff_only
from cityhall.errors import DomainError
from cityhall.http import file_response
from cityhall.models import Department, User
from notices.actions import target_label
from notices.enums import Channel
from notices.forms_kinds import KindFilterForm
from notices.models import NoticeType, NoticeTypeVersion, VersionFile
from notices.queries.kinds import kinds_for, may_change_kind, newest_version_of, text_departments
from notices.samples import BLANK, HARD, HARD_ADDRESSEE, USUAL_SAMPLE, sample_values
from notices.services.samples import sample_letter, sample_notice
from notices.text_keepers import kept_elsewhere
from notices.texts import compile_text

VIEW = "notices.view_noticetype"


@staff_only(VIEW)
@require_safe
def kind_list(request: HttpRequest) -> HttpResponse:
    """Kinds of one's departments; decision letters stand apart, because their texts are written elsewhere."""
    user = staff_of(request)
    form = KindFilterForm(request.GET)
    kinds = list(_narrowed(user, **form.wanted()))
    kept = kept_elsewhere(user, [kind.pk for kind in kinds])
    context = {
        "form": form,
        "own": [kind for kind in kinds if kind.pk not in kept],
        "letters": [kind for kind in kinds if kind.pk in kept],
        "may_add": user.has_perm("notices.add_noticetype") and bool(text_departments(user)),
    }
    return render(request, "notices/kinds/list.html", context)


@staff_only(VIEW)
@require_safe
def kind_detail(request: HttpRequest, key: str) -> HttpResponse:
    """The rules of a kind, and its newest text with sample values."""
    user, kind = staff_of(request), kind_or_404(request, key)
    version = newest_version_of(kind)
    kept = kept_elsewhere(user, [kind.pk])
    context = {
        "kind": kind,
        "version": version,
        "is_kept_elsewhere": kind.pk in kept,
        "letter_url": kept.get(kind.pk, ""),
        "may_change": may_change_kind(user, kind),
        "channels": [Channel(one).label for one in kind.alert_channels],
        "files": list(version.files.select_related("file").order_by("position", "pk")) if version else [],
        **(_kept_text(kind, version) if version and kind.pk not in kept else {}),
    }
    return render(request, "notices/kinds/detail.html", context)


@staff_only(VIEW)
@require_safe
def kind_sample(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """The letter of a version as it would be printed, unsigned and marked; `?values=hard` or `blank`."""
    kind = kind_or_404(request, key)
    version = kind.versions.filter(number=number).first()
    if version is None:
        raise Http404
    try:
        return letter_response(kind, version, request.GET.get("values", ""))
    except DomainError as error:
        return render(request, "notices/kinds/no_sample.html", {"kind": kind, "reason": str(error)}, status=422)


@staff_only(VIEW)
@require_safe
def kind_file(request: HttpRequest, key: str, number: int, position: int) -> HttpResponseBase:
    """A file that goes with a version, once it is checked."""
    kind = kind_or_404(request, key)
    enclosed = VersionFile.objects.filter(version__notice_type=kind, version__number=number, position=position)
    found = enclosed.select_related("file").first()
    if found is None:
        raise Http404
    return file_response(found.file)


def staff_of(request: HttpRequest) -> User:
    """Who asks; `staff_only` let nobody else through."""
    return request.user  # type: ignore[return-value]


def kind_or_404(request: HttpRequest, key: str) -> NoticeType:
    """The kind, when the person may see it."""
    kind = kinds_for(staff_of(request)).filter(key=key).first()
    if kind is None:
        raise Http404
    return kind


def preview_of(kind: NoticeType, version: NoticeTypeVersion, values: str = USUAL_SAMPLE) -> dict[str, Any]:
    """What the page needs to show a text as its reader would see it. Raises TextError."""
    text = compile_text(version).fill(sample_values(version, _kind_of_values(values)))
    label = target_label(version.action_kind, version.action_target) or version.action_target
    return {
        "notice": sample_notice(text, department=department_of(kind), version=version, to=_addressee(values)),
        "action_target": label,
        "translations": text.translations,
    }


def _kept_text(kind: NoticeType, version: NoticeTypeVersion) -> dict[str, Any]:
    """The text in force, or why it cannot be shown: it may have come from a file or the administration."""
    try:
        return preview_of(kind, version)
    except DomainError as error:
        return {"preview_problem": str(error)}


def letter_response(kind: NoticeType, version: NoticeTypeVersion, values: str) -> HttpResponse:
    """The sample as a PDF in the browser. Raises TextError, GlyphMissing."""
    text = compile_text(version).fill(sample_values(version, _kind_of_values(values)))
    content = sample_letter(text, department=department_of(kind), version=version, to=_addressee(values))
    headers = {"Content-Disposition": 'inline; filename="sample.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def department_of(kind: NoticeType) -> Department:
    """Who signs the sample; kinds of no department are sent by many."""
    return kind.department or Department(name=_("担当課"))


def _kind_of_values(asked: str) -> str:
    return asked if asked in (HARD, BLANK) else USUAL_SAMPLE


def _addressee(values: str) -> Any:
    return HARD_ADDRESSEE if values == HARD else None


def _narrowed(user: User, *, text: str = "", category: str = "", active: str = "") -> Any:
    kinds = kinds_for(user)
    if text:
        kinds = kinds.filter(name__icontains=text)
    if category:
        kinds = kinds.filter(category=category)
    return kinds.filter(is_active=active == "yes") if active else kinds
