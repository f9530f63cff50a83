"""What a resident sees: the list, one notice, opening it, its document, and the consent to digital delivery."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cityhall.access import resident_only
from cityhall.errors import DomainError
from cityhall.http import file_response
from cityhall.models import User
from cityhall.pages import keyset_page
from notices.display import card_of, state_chip
from notices.enums import NoticeState
from notices.models import Notice
from notices.queries import may_open, visible_to
from notices.services import confirm_notice, open_notice, record_download
from residents.enums import ConsentKind
from residents.queries import is_same_person, resident_of
from residents.services import consents

PAGE_SIZE = 20
CONSENT_TEXT_VERSION = "2026-1"
"""Version of the words on the consent page; raise it when they change."""


@resident_only
@never_cache
@require_safe
def my_notices(request: HttpRequest) -> HttpResponse:
    """All notices, newest first; unopened ones carry a mark."""
    page = keyset_page(visible_to(_person(request)), order=("-id",), after=request.GET.get("after", ""), size=PAGE_SIZE)
    context = {"cards": [card_of(notice) for notice in page.rows], "next_cursor": page.next_cursor}
    return render(request, "notices/my_notices.html", context)


@resident_only
@never_cache
@require_safe
def notice_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """One notice. Looking at this page opens nothing: until the button is pressed it is a closed envelope."""
    notice = _own_or_404(request, public_id)
    context = {
        "notice": notice,
        "chip": state_chip(notice),
        "is_open": notice.opened_at is not None,
        "is_withdrawn": notice.state == NoticeState.WITHDRAWN,
        "asks_confirmation": notice.state == NoticeState.OPENED and notice.version.notice_type.needs_confirmation,
        "is_for_other": _is_for_other(notice, _person(request)),
    }
    return render(request, "notices/notice_detail.html", context)


@resident_only
@require_POST
def notice_open(request: HttpRequest, public_id: str) -> HttpResponse:
    """Open the envelope: the one act that counts as reading. Twice is once."""
    notice = _own_or_404(request, public_id)
    try:
        open_notice(notice, by=_person(request))
    except DomainError as error:
        messages.warning(request, str(error))
    return redirect("notices:notice_detail", public_id=public_id)


@resident_only
@require_POST
def notice_confirm(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say that one has understood it."""
    notice = _own_or_404(request, public_id)
    try:
        confirm_notice(notice, by=_person(request))
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("確認したことを市に伝えました。"))
    return redirect("notices:notice_detail", public_id=public_id)


@resident_only
@never_cache
@require_safe
def notice_document(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The signed PDF of an opened notice."""
    notice = _own_or_404(request, public_id)
    if notice.document is None:
        raise Http404
    if notice.opened_at is None:
        messages.info(request, _("先に通知を開封してください。"))
        return redirect("notices:notice_detail", public_id=public_id)
    response = file_response(notice.document, inline=True)
    if request.method == "GET" and may_open(notice, _person(request)):
        record_download(notice, by=_person(request))
    return response


@resident_only
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: HttpRequest) -> HttpResponse:
    """Whether notices come digitally; given and withdrawn here at any time."""
    resident = resident_of(_person(request))
    if resident is None:
        messages.info(request, _("はじめに、お名前とご住所を登録してください。"))
        return redirect("residents:profile_edit")
    if request.method == "POST":
        gives = request.POST.get("answer") == "give"
        act = consents.give if gives else consents.withdraw
        act(
            resident=resident,
            kind=ConsentKind.DIGITAL_NOTICE,
            text_version=CONSENT_TEXT_VERSION,
            by=_person(request),
        )
        messages.success(
            request,
            _("今後の通知は、このサイトでお届けします。") if gives else _("今後の通知は、郵送でお届けします。"),
        )
        return redirect("notices:consent")
    is_given = consents.has_consent(resident, ConsentKind.DIGITAL_NOTICE)
    return render(request, "notices/consent.html", {"is_given": is_given})


def _person(request: HttpRequest) -> User:
    # resident_only let nobody else through
    return request.user  # type: ignore[return-value]


def _is_for_other(notice: Notice, user: User) -> bool:
    resident = resident_of(user)
    return resident is None or not is_same_person(resident, notice.recipient)


def _own_or_404(request: HttpRequest, public_id: str) -> Notice:
    mine = visible_to(_person(request)).select_related("version__notice_type", "department", "recipient", "document")
    notice = mine.filter(public_id=public_id).first()
    if notice is None:
        raise Http404
    return notice
