"""Beginning an application from the page of a procedure: with an account, without, or by way of trial."""

import hashlib

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from applications.definition import form_of
from applications.enums import ApplicationState
from applications.guest_links import PURPOSE
from applications.link_values import link_values
from applications.models import Application, Procedure
from applications.notice_actions import notice_of
from applications.queries.filing import Choice, choices_for
from applications.queries.mine import guest_applications, own_drafts
from applications.services import practice, starting
from applications.views.own import open_in_browser, person
from cityhall import guests
from cityhall.access import public, resident_only
from cityhall.days import today
from cityhall.errors import DomainError
from cityhall.ids import public_id as new_key
from cityhall.rate_limits import is_within_limit, is_within_limit_of
from notices.actions import NOTICE_PARAMETER
from notices.models import Notice
from residents.models import Resident
from residents.queries import resident_of

STARTS_PER_TEN_MINUTES = 600
"""Without an account, from one address, which thousands may share behind a mobile carrier."""
STARTS_OF_BROWSER = 10
"""The same from one browser: who begins more than that in ten minutes is no person."""


@resident_only
@require_POST
def application_start(request: HttpRequest, key: str) -> HttpResponse:
    """A new draft; unfinished ones, and for whom it is, are asked about first."""
    procedure = _published(key)
    own = resident_of(request.user)
    if own is None:
        messages.info(request, _("はじめに、お名前とご連絡先を登録してください。登録すると、申請書に自動で入ります。"))
        return redirect("residents:profile_edit")
    unfinished = own_drafts(request.user).filter(procedure=procedure).select_related("resident", "business")
    context = {"procedure": procedure, "request_key": key_of(request), "query": request.GET.urlencode()}
    if "new" not in request.POST and unfinished:
        return render(request, "applications/draft_choice.html", context | {"drafts": unfinished, "own": own})
    choices = _choices(request, own, procedure)
    chosen = next((choice for choice in choices if choice.value == request.POST.get("for", "")), None)
    if chosen is None and "for" not in request.POST and len(choices) == 1:
        chosen = choices[0]
    if not choices:
        messages.warning(request, _("この手続は事業者の手続です。はじめに事業者を登録してください。"))
        return redirect("residents:business_list")
    if chosen is None:
        is_missing = "for" in request.POST
        return render(request, "applications/start_choice.html", context | {"choices": choices, "error": is_missing})
    return _start(request, procedure, own, chosen)


def _start(request: HttpRequest, procedure: Procedure, own: Resident, chosen: Choice) -> HttpResponse:
    by = person(request)
    if by is None:
        raise Http404
    notice = notice_of(by, request.GET.get(NOTICE_PARAMETER, ""), procedure)
    try:
        application = starting.start(
            procedure=procedure,
            resident=own,
            by=by,
            request_key=key_of(request),
            person=chosen.person,
            business=chosen.business,
            link_values=links_of(request, procedure, notice),
            notice=notice,
        )
    except DomainError as error:
        return _refused(request, procedure, error)
    return first_page(application)


@public
@require_POST
def guest_start(request: HttpRequest, key: str) -> HttpResponse:
    """A new draft without an account; who is signed in begins with it."""
    _refuse_staff(request)
    if request.user.is_authenticated:
        return application_start(request, key)
    procedure = _published(key)
    try:
        _refuse_too_many(request)
        application = starting.start_as_guest(
            procedure=procedure, request_key=_browsers_key(request), link_values=links_of(request, procedure)
        )
    except DomainError as error:
        return _refused(request, procedure, error)
    open_in_browser(request, application)
    return first_page(application)


@public
@require_POST
def practice_start(request: HttpRequest, key: str) -> HttpResponse:
    """A trial with a made-up person, for everybody but staff."""
    _refuse_staff(request)
    procedure = _published(key)
    try:
        _refuse_too_many(request)
        application = practice.start_practice(procedure=procedure, request_key=_browsers_key(request))
    except DomainError as error:
        return _refused(request, procedure, error)
    open_in_browser(request, application)
    return first_page(application)


class _TooMany(DomainError):
    """Too many starts without an account."""

    code = "too_many_starts"
    message = gettext_lazy("短い時間に多くの申請が始められました。しばらく待ってから、もう一度お試しください。")


def _refuse_too_many(request: HttpRequest) -> None:
    """Raises TooManyDrafts for a browser that holds all it may, _TooMany for an address in a hurry."""
    held = guest_applications(guests.held(request.session, PURPOSE))
    if held.filter(state=ApplicationState.DRAFT).count() >= guests.MAX_HELD:
        raise starting.TooManyDrafts
    browser = request.META.get("CSRF_COOKIE", "")
    if browser and not is_within_limit_of(browser, "guest-start-browser", times=STARTS_OF_BROWSER, seconds=600):
        raise _TooMany
    if not is_within_limit(request, "guest-start", times=STARTS_PER_TEN_MINUTES, seconds=600):
        raise _TooMany


def _refuse_staff(request: HttpRequest) -> None:
    if request.user.is_authenticated and request.user.is_staff:
        raise Http404


def _published(key: str) -> Procedure:
    return get_object_or_404(Procedure.objects.for_public().select_related("current_version"), key=key)


def _choices(request: HttpRequest, own: Resident, procedure: Procedure) -> list[Choice]:
    by = person(request)
    return choices_for(user=by, own=own, procedure=procedure, on=today()) if by else []


def links_of(request: HttpRequest, procedure: Procedure, notice: Notice | None = None) -> dict[str, str]:
    """What the address of the procedure's page, and before it the notice that led here, give to hidden questions."""
    version = procedure.current_version
    given = {**request.GET.dict(), **(notice.action_values if notice else {})}
    return link_values(form_of(version), given) if version is not None and given else {}


def key_of(request: HttpRequest) -> str:
    """The key of the page that was sent: the same button twice begins one draft."""
    return request.POST.get("request_key") or new_key()


def _browsers_key(request: HttpRequest) -> str:
    """The key of the page, bound to the browser: without an account it opens what it made."""
    secret = request.META.get("CSRF_COOKIE", "")
    return hashlib.sha256(f"{secret} {key_of(request)}".encode()).hexdigest()


def _refused(request: HttpRequest, procedure: Procedure, error: DomainError) -> HttpResponse:
    messages.error(request, str(error))
    query = request.GET.urlencode()
    path = reverse("applications:procedure_detail", args=[procedure.key])
    return redirect(f"{path}?{query}" if query else path)


def first_page(application: Application) -> HttpResponse:
    """To where the draft is filled in."""
    return redirect("applications:draft_page", public_id=application.public_id, number=1)
