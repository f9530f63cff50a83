"""Guides for those who look after them: versions, what differs, new ones, and what the public sees."""

from http import HTTPMethod, HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications.definition import DefinitionError
from applications.guide import check, guide_of
from applications.guide_forms import PublishVersionForm, VersionForm
from applications.models import GuideVersion, LifeEvent
from applications.permissions import MANAGE_GUIDES
from applications.queries.guide import hidden_procedures, reference_problems, versions_of, with_guides
from applications.services import guides
from applications.services.catalogue import CatalogueError, Problem
from applications.services.catalogue.guides import entry_of, guide_lines
from applications.services.catalogue.yaml_files import read_yaml, write_yaml
from applications.views.designer.common import staff, tell
from applications.views.guide.pages import READ_OR_SEND
from applications.views.guide.walk import version_or_404
from cityhall.access import staff_only
from cityhall.enums import AuditAction
from cityhall.errors import DomainError
from cityhall.services import audit


@staff_only(MANAGE_GUIDES)
@never_cache
@require_safe
def staff_guide_list(request: HttpRequest) -> HttpResponse:
    """All life events with the guide in force."""
    return render(request, "applications/guide/staff_list.html", {"events": with_guides()})


@staff_only(MANAGE_GUIDES)
@never_cache
@require_safe
def staff_guide(request: HttpRequest, key: str) -> HttpResponse:
    """The versions of one guide."""
    event = _event_or_404(key)
    versions = versions_of(event).defer("definition")
    return render(request, "applications/guide/staff_guide.html", {"event": event, "versions": versions})


@staff_only(MANAGE_GUIDES)
@never_cache
@require_safe
def staff_guide_version(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """What a version changes from the one in force, what it holds, and what stands in the way of publishing it."""
    version = version_or_404(key, number)
    current = _current(version)
    guide = guide_of(version)
    problems = [*check(guide), *reference_problems(guide)]
    context = {
        "event": version.life_event,
        "version": version,
        "guide": guide,
        "current": current,
        "is_current": current is not None and current.pk == version.pk,
        "lines": guide_lines(guide_of(current) if current else None, guide),
        "problems": problems,
        "hidden": hidden_procedures(guide),
    }
    return render(request, "applications/guide/staff_version.html", context)


@staff_only(MANAGE_GUIDES)
@require_POST
def staff_guide_publish(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Make the version the one that residents see."""
    version = version_or_404(key, number)
    form = PublishVersionForm(request.POST)
    data = form.cleaned_data if form.is_valid() else {}
    try:
        guides.publish_version(
            version=version,
            expected=data.get("expected"),
            by=staff(request),
            accepts_hidden=bool(data.get("accepts_hidden")),
        )
    except DomainError as error:
        tell(request, error)
        return redirect("applications:staff_guide_version", key=key, number=number)
    messages.success(request, _("第%(number)s版を公開しました。") % {"number": number})
    return redirect("applications:staff_guide", key=key)


@staff_only(MANAGE_GUIDES)
@require_POST
def staff_guide_public(request: HttpRequest, key: str) -> HttpResponse:
    """Hide the guide from residents, or show it again."""
    event = _event_or_404(key)
    is_public = request.POST.get("is") == "public"
    try:
        guides.set_public(life_event=event, is_public=is_public, by=staff(request))
    except DomainError as error:
        tell(request, error)
    else:
        done = _("手続ガイドを公開しました。") if is_public else _("手続ガイドを非公開にしました。")
        messages.success(request, done)
    return redirect("applications:staff_guide", key=key)


@staff_only(MANAGE_GUIDES)
@require_safe
def staff_guide_file(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """The version as a file, to be changed and sent back, or given to another city. Audited."""
    version = version_or_404(key, number)
    audit.record(
        action=AuditAction.EXPORT,
        actor=staff(request),
        target_type="applications.guideversion",
        target_id=key,
        detail=_("第%(number)s版") % {"number": number},
    )
    response = HttpResponse(write_yaml(version.definition), content_type="application/yaml")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=f"{key}.yaml") or ""
    return response


@staff_only(MANAGE_GUIDES)
@never_cache
@require_http_methods(READ_OR_SEND)
def staff_guide_upload(request: HttpRequest, key: str) -> HttpResponse:
    """Store a new version. What is wrong is listed, and what was sent stays in the page to be mended."""
    event = _event_or_404(key)
    if request.method != HTTPMethod.POST:
        return _upload_page(request, event, VersionForm())
    form = VersionForm(request.POST, request.FILES)
    if not form.is_valid():
        return _upload_page(request, event, form)
    upload = form.cleaned_data["file"]
    data = upload.read() if upload else form.cleaned_data["text"].encode()
    problems: list[Problem] = []
    try:
        version, is_new = _stored(event, data, form.cleaned_data["change_note"], request)
    except CatalogueError as error:
        problems = error.problems
    except DefinitionError as error:
        problems = [Problem("", one.where, one.message) for one in error.problems]
    else:
        words = {"number": version.number}
        if is_new:
            messages.success(request, _("第%(number)s版として登録しました。まだ公開していません。") % words)
        else:
            messages.info(request, _("内容が第%(number)s版と同じです。新しい版は作りませんでした。") % words)
        return redirect("applications:staff_guide_version", key=key, number=version.number)
    # nothing is lost: a file comes back as text
    sent = {"text": data.decode("utf-8-sig", errors="replace"), "change_note": form.cleaned_data["change_note"]}
    return _upload_page(request, event, VersionForm(initial=sent), problems)


def _stored(event: LifeEvent, data: bytes, change_note: str, request: HttpRequest) -> tuple[GuideVersion, bool]:
    """Raises CatalogueError and DefinitionError with every mistake."""
    name = f"{event.key}.yaml"
    entry = entry_of(name, read_yaml(name, data))
    return guides.add_version(life_event=event, document=entry.document, change_note=change_note, by=staff(request))


def _upload_page(
    request: HttpRequest, event: LifeEvent, form: VersionForm, problems: list[Problem] | None = None
) -> HttpResponse:
    context: dict[str, Any] = {"event": event, "form": form, "problems": problems or []}
    is_refused = bool(problems or form.errors)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_refused else HTTPStatus.OK
    return render(request, "applications/guide/staff_upload.html", context, status=status)


def _event_or_404(key: str) -> LifeEvent:
    return get_object_or_404(with_guides(), key=key)


def _current(version: GuideVersion) -> GuideVersion | None:
    """The version in force with its document."""
    pk = version.life_event.current_guide_id
    return None if pk is None else GuideVersion.objects.get(pk=pk)
