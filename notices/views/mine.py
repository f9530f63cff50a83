"""What a resident sees: the inbox, and one notice, closed or open."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cityhall.access import resident_only
from cityhall.models import User
from cityhall.pages import keyset_page
from notices.display import card_of
from notices.forms_inbox import InboxForm
from notices.models import Notice
from notices.queries import visible_to
from notices.queries.inbox import INBOX_ORDER, inbox_of
from notices.reading import reading_of
from residents.queries import own_row_ids

PAGE_SIZE = 20


@resident_only
@never_cache
@require_safe
def my_notices(request: HttpRequest) -> HttpResponse:
    """The inbox, unread ones first, or what was put away; searched by words and by drawer."""
    return _list(request, is_archived=False)


@resident_only
@never_cache
@require_safe
def my_archive(request: HttpRequest) -> HttpResponse:
    """Notices that were put away. Nothing is ever deleted."""
    return _list(request, is_archived=True)


@resident_only
@never_cache
@require_safe
def notice_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """One notice. Looking at this page opens nothing: until the button is pressed it is a closed envelope."""
    notice = own_or_404(request, public_id)
    return render(request, "notices/notice_detail.html", detail_context(request, notice))


def detail_context(request: HttpRequest, notice: Notice) -> dict[str, Any]:
    """What the page of a notice shows to the person who asks."""
    return {"notice": notice, "reading": reading_of(notice, person(request), language=request.GET.get("lang"))}


def person(request: HttpRequest) -> User:
    """Who asks; `resident_only` let nobody else through."""
    return request.user  # type: ignore[return-value]


def own_or_404(request: HttpRequest, public_id: str) -> Notice:
    """The notice, when this person may see it."""
    needed = ("version__notice_type", "department", "recipient", "document")
    notice = visible_to(person(request)).select_related(*needed).filter(public_id=public_id).first()
    if notice is None:
        raise Http404
    return notice


def _list(request: HttpRequest, *, is_archived: bool) -> HttpResponse:
    user = person(request)
    form = InboxForm(request.GET)
    wanted = form.wanted()
    found = inbox_of(user, is_archived=is_archived, **wanted)
    page = keyset_page(found, order=INBOX_ORDER, after=request.GET.get("after", ""), size=PAGE_SIZE)
    own = set(own_row_ids(user))
    query = request.GET.copy()
    query["after"] = page.next_cursor
    context = {
        "form": form,
        "is_searching": bool(wanted),
        "is_archived": is_archived,
        "cards": [card_of(notice, own=own) for notice in page.rows],
        "next_url": f"?{query.urlencode()}" if page.next_cursor else "",
    }
    return render(request, "notices/my_notices.html", context)
