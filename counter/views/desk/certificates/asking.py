"""One page for certificates: which, how many, what stands on them, what for, and who asks. Works without JavaScript."""

from collections.abc import Sequence
from http import HTTPMethod, HTTPStatus
from typing import Any, Final

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from applications.form_pages import PageForm
from applications.models import Procedure
from applications.typed import Typed
from cityhall.access import staff_only
from cityhall.errors import DomainError, StaleState
from cityhall.ids import public_id as new_key
from counter.at_once import is_of_family_register
from counter.enums import ACTING, Relation, Source
from counter.errors import (
    AuthorityMissing,
    CompanionUnnamed,
    MandateOfOthers,
    NotOfFamily,
    ProtectedUnconfirmed,
    SubjectMismatch,
    ThirdPartyReason,
)
from counter.form_pages import Taken, page_context
from counter.form_pages import take as take_page
from counter.forms_certificates import RequesterForm, said_of
from counter.models import CertificateOrder, Visit
from counter.queries.certificates import desk_certificates, order_of, protected_in
from counter.queries.named import protected_named
from counter.queries.procedures import hindrance_of
from counter.queries.renewals import renewal_of
from counter.services import certificates, visits
from counter.services.certificates import BEFORE_REVIEW
from counter.services.visits.reviewing import NotComplete
from counter.subjects import NOBODY, asked_of_subjects, typed_of
from counter.views.desk.asking import MISSING, REQUEST_KEY, Asking
from counter.views.desk.certificates.screen import CertificateScreen
from counter.views.desk.certificates.subjects import Found, audit_subject, find_subjects, take_subject
from counter.views.desk.common import SERVE, attempt, show, to_present, user_of, visit_or_404
from counter.views.desk.frame import Stage
from residents.models import Resident
from residents.permissions import VIEW

CERTIFICATE_PAGE: Final = "certificates"
"""How the page is called where it saves itself (views/desk/keeping.py)."""
_MOST_NAMED: Final = 8
"""Nobody names more protected people than that without being stopped for good."""
_FIELDS: dict[type[DomainError], str] = {
    ThirdPartyReason: "reason",
    NotOfFamily: "relation",
    SubjectMismatch: "subject_name",
    CompanionUnnamed: "proxy_name",
    AuthorityMissing: "authority",
    MandateOfOthers: "authority",
    ProtectedUnconfirmed: "confirmed_by",
}
"""Where the sentence of a refusal stands in the form of who asks."""


@staff_only(SERVE)
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def certificate(request: HttpRequest, public_id: str) -> HttpResponse:
    """The page; every button of it keeps what was typed."""
    screen = CertificateScreen(request, visit_or_404(request, public_id), user_of(request))
    order = order_of(screen.visit)
    if order is None or screen.visit.state not in BEFORE_REVIEW or screen.visit.identified_at is None:
        return to_present(screen.visit)
    if request.method == HTTPMethod.POST:
        return _receive(screen, order)
    return _show(screen, screen.asking.page_form(MISSING), _requester(screen, order))


@staff_only(SERVE)
@require_POST
def certificate_release(request: HttpRequest, public_id: str) -> HttpResponse:
    """The person needs something else besides: on in the long way, with all that was typed."""
    visit = visit_or_404(request, public_id)
    order = order_of(visit)
    initial = said_of(visit, order, ACTING) if order else {}
    said = RequesterForm(initial=initial, came=_came(visit)).as_it_stands if order else None
    is_done = attempt(
        request,
        visit,
        lambda: certificates.release(visit, said, by=user_of(request)),
        is_so=lambda: order_of(visit) is None,
    )
    if is_done and said and said.is_proxy and not Visit.objects.filter(pk=visit.pk, companion__in=ACTING).exists():
        messages.warning(
            request,
            _("代理人は引き継いでいません。本人確認の画面で、代理人の氏名と、権限を確認した書類を入力してください。"),
        )
    return to_present(visit)


def _receive(screen: CertificateScreen, order: CertificateOrder) -> HttpResponse:
    """Keep what was sent, right or wrong, then do what the button says."""
    request, visit = screen.request, screen.visit
    take_subject(screen.user, visit, request.POST.get("subject_person", ""))
    visits.with_own_typing(visit, request.POST.get(REQUEST_KEY, ""))
    action, key = _pressed(request)
    taken = take_page(screen.asking, MISSING, request.POST)
    typed = {one.key: taken.filling.values[one.key] for one in _page(screen) if one.key in taken.filling.values}
    try:
        with transaction.atomic():
            _keep(screen, taken, typed, is_dropping=action == "drop")
            _change(screen, action, key)
            certificates.keep_requester(visit, _sent_of(screen))
    except StaleState:
        return _overtaken(screen, order, typed)
    except DomainError as error:
        visit.refresh_from_db()
        return _show_kept(screen, order, error=str(error))
    if action in ("search", "pick", "unpick"):
        return _of_subject(screen, order, action, key)
    if action == "next" and screen.chosen:
        return _to_signature(screen, order, taken)
    if action == "next" or action in ("add", "drop"):
        return _show_kept(screen, order)
    return _show(screen, taken.form, _requester(screen, order, _sent_of(screen)), fresh=taken.fresh)


def _pressed(request: HttpRequest) -> tuple[str, str]:
    """What the button says; the Enter key in the box of the search searches."""
    action, _colon, key = str(request.POST.get("action") or "next").partition(":")
    is_for_another = request.POST.get("relation") in (Relation.PROXY, Relation.THIRD)
    if action == "next" and is_for_another and request.POST.get("subject_search", "").strip():
        return "search", ""
    return action, key


def _sent_of(screen: CertificateScreen) -> dict[str, Any]:
    """The form of who asks as it was sent."""
    return typed_of(screen.request.POST) or {}


def _of_subject(screen: CertificateScreen, order: CertificateOrder, action: str, key: str) -> HttpResponse:
    """Look for whose certificate it is, take somebody who was found, or nobody. What was typed stays."""
    said, found = _sent_of(screen), None
    if action == "search":
        text = screen.request.POST.get("subject_search", "").strip()[:100]
        found = find_subjects(screen.user, screen.visit, text)
    elif action == "pick":
        if not screen.user.has_perm(VIEW):
            raise Http404
        person = get_object_or_404(Resident, public_id=key, merged_into=None)
        names = {"subject_name": person.full_name, "subject_kana": person.full_kana}
        # what the register says: a name that was typed before may be somebody else's
        said |= names | {"subject_person": person.public_id, "confirmed_by": ""}
        audit_subject(screen.user, screen.visit, person.public_id)
    else:
        said |= {"subject_person": "", "confirmed_by": ""}
    certificates.keep_requester(screen.visit, said)
    return _show_kept(screen, order, said=said, found=found)


def _page(screen: CertificateScreen) -> Sequence[Any]:
    return screen.asking.page(MISSING).fields


def _keep(screen: CertificateScreen, taken: Taken, typed: Typed, *, is_dropping: bool) -> None:
    """What was typed, with what goes without saying. What the city withdrew can be left out before that."""
    visit = screen.visit
    if not screen.chosen or (is_dropping and not _page(screen)):
        return
    if is_dropping and any(hindrance_of(one.procedure, screen.user, timezone.now()) for one in screen.chosen):
        return
    certificates.prepare(visit, by=screen.user, now=timezone.now())
    page = screen.asking.page(MISSING)
    visits.save_page(visit, page=page, typed=typed, source=Source.STAFF, by=screen.user, is_settled=not taken.stays)


def _change(screen: CertificateScreen, action: str, key: str) -> None:
    """One certificate more or less."""
    if action == "add":
        procedure = next((one for one in desk_certificates(screen.user) if one.key == key), None)
        if procedure is None:
            raise Http404
        certificates.choose(screen.visit, procedure, by=screen.user)
    if action == "drop":
        chosen = get_object_or_404(Procedure, key=key, pk__in=[one.procedure_id for one in screen.chosen])
        certificates.leave_out(screen.visit, chosen, by=screen.user)


def _to_signature(screen: CertificateScreen, order: CertificateOrder, taken: Taken) -> HttpResponse:
    request, visit = screen.request, screen.visit
    form = _requester(screen, order, request.POST, is_checked=True)
    again = CertificateScreen(request, visit, screen.user)
    if not form.is_valid():
        return _show(again, again.again().page_form(MISSING, is_checked=True), form, asking=again.again())
    if taken.fresh:
        # nobody could have answered them yet: no complaints
        return _show(again, taken.form, form, fresh=taken.fresh)
    try:
        certificates.to_signature(visit, form.requester, by=screen.user)
    except NotComplete as error:
        visit.refresh_from_db()
        return _show_wrong(screen, form, str(error))
    except StaleState:
        visit.refresh_from_db()
        return to_present(visit)
    except DomainError as error:
        visit.refresh_from_db()
        name = _FIELDS.get(type(error))
        form.add_error(name, str(error))
        return _show_wrong(screen, form, "")
    return redirect("counter:certificate_sign", visit.public_id)


def _show_wrong(screen: CertificateScreen, requester: RequesterForm, error: str) -> HttpResponse:
    again = CertificateScreen(screen.request, screen.visit, screen.user)
    asking = again.again()
    form = asking.page_form(MISSING, is_checked=True)
    return _show(again, form, requester, asking=asking, error="" if form.errors else error)


def _show_kept(
    screen: CertificateScreen,
    order: CertificateOrder,
    *,
    error: str = "",
    said: dict[str, Any] | None = None,
    found: Found | None = None,
) -> HttpResponse:
    """The page as it is after the button; what was said of who asks stays as it was sent."""
    again = CertificateScreen(screen.request, screen.visit, screen.user)
    asking = again.again()
    requester = _requester(again, order, said or _sent_of(screen))
    return _show(again, asking.page_form(MISSING), requester, asking=asking, error=error, found=found)


def _overtaken(screen: CertificateScreen, order: CertificateOrder, typed: Typed) -> HttpResponse:
    """Another tablet was faster, or the button was pressed twice: nothing is overwritten, what was typed stays."""
    visit = screen.visit
    visit.refresh_from_db()
    if visit.state not in BEFORE_REVIEW:
        return to_present(visit)
    again = CertificateScreen(screen.request, visit, screen.user)
    if all((visit.values.get(key) or None) == (value or None) for key, value in typed.items()):
        return to_present(visit)
    asking = again.again()
    known = {one.key for one in asking.page(MISSING).fields}
    mine = asking.with_page(MISSING, {key: value for key, value in typed.items() if key in known})
    requester = _requester(again, order, _sent_of(screen))
    return _show(again, mine.page_form(MISSING), requester, asking=asking, is_stale=True)


def _requester(
    screen: CertificateScreen, order: CertificateOrder, sent: Any = None, *, is_checked: bool = False
) -> RequesterForm:
    """Who asks: as it was kept, as it was sent, or checked."""
    asks, came = asked_of_subjects(screen.combined), _came(screen.visit)
    said: dict[str, Any] = {"asks": asks, "came": came, "is_of_family": is_of_family_register(screen.combined)}
    if is_checked:
        return RequesterForm(sent, **said)
    return RequesterForm(initial=sent or said_of(screen.visit, order, ACTING), **said)


def _came(visit: Visit) -> str:
    """Whom a superior is asked about beside what the form says: who came, and whom the answers name."""
    came = visit.resident.public_id if visit.resident else ""
    return ".".join([came, *protected_named(visit).order_by("pk").values_list("public_id", flat=True)[:_MOST_NAMED]])


def _show(
    screen: CertificateScreen,
    form: PageForm,
    requester: RequesterForm,
    *,
    asking: Asking | None = None,
    fresh: Sequence[str] = (),
    error: str = "",
    found: Found | None = None,
    is_stale: bool = False,
) -> HttpResponse:
    asked, visit = asking or screen.asking, screen.visit
    context = page_context(asked, MISSING, form, fresh=fresh)
    context |= {
        "tiles": screen.tiles(),
        "groups": screen.groups(form),
        "on_page": [one.key for one in form.page.fields],
        "requester": requester,
        "renewal": renewal_of(visit, screen.chosen),
        "stop": protected_in(visit, requester.about if requester.is_about_another else NOBODY, requester.agent),
        "found": found,
        "page_key": CERTIFICATE_PAGE,
        REQUEST_KEY: new_key(),
        "error": error,
    }
    is_wrong = bool(error or requester.errors or context["problems"])
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK
    return show(
        screen.request,
        "counter/desk/certificates/ask.html",
        visit,
        Stage.ASK,
        context,
        stale=is_stale,
        status=status,
    )
