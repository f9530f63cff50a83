"""Who waits for a place, and who must be told something by telephone."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cityhall.access import staff_only
from cityhall.enums import AuditAction
from cityhall.errors import DomainError
from cityhall.models import User
from cityhall.pages import keyset_page
from cityhall.services import audit
from reservations.models import WaitlistEntry
from reservations.queries.lists import offered_by_phone, to_tell, waiting_rows
from reservations.queries.scope import listed_groups, visible_waiting
from reservations.services import waitlist
from reservations.services.supply import note_phoned
from reservations.staff_home import BOOK, VIEW
from reservations.views.staff.shared import note, note_list, reservation_or_404, staff_of

_PAGE = 100
_MOST_TO_TELL = 500


@staff_only(VIEW)
@never_cache
@require_safe
def staff_waiting(request: HttpRequest) -> HttpResponse:
    """The waiting lists of one's departments, in the order in which people are asked."""
    user = staff_of(request)
    groups = list(listed_groups(user).filter(has_waiting_list=True))
    chosen = next((one for one in groups if one.key == request.GET.get("group", "")), None)
    page = keyset_page(waiting_rows(user, chosen), order=("id",), after=request.GET.get("after", ""), size=_PAGE)
    _note(user, page.rows)
    base = f"?group={chosen.key}&" if chosen else "?"
    context = {
        "groups": groups,
        "chosen": chosen,
        "rows": page.rows,
        "now": timezone.now(),
        "next_url": f"{base}after={page.next_cursor}" if page.next_cursor else "",
    }
    return render(request, "reservations/staff/waiting.html", context)


@staff_only(BOOK)
@require_POST
def staff_waiting_act(request: HttpRequest, public_id: str) -> HttpResponse:
    """Somebody on the telephone takes what is offered to them, or waits no longer."""
    user = staff_of(request)
    entry = visible_waiting(user).filter(public_id=public_id).first()
    if entry is None:
        raise Http404
    accepts = request.POST.get("action") == "accept"
    try:
        if accepts:
            booked = waitlist.accept(entry=entry, by=user)
        else:
            waitlist.leave(entry=entry, by=user)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("reservations:staff_waiting")
    audit.record(
        action=AuditAction.STATE,
        actor=user,
        target_type="waitlist entry",
        target_id=entry.public_id,
        detail="accepted" if accepts else "left",
        department_code=entry.group.department.code,
    )
    if accepts:
        messages.success(request, _("ご案内した時間で予約しました。"))
        return redirect("reservations:staff_reservation", public_id=booked.reservation.public_id)
    messages.success(request, _("キャンセル待ちから外しました。"))
    return redirect("reservations:staff_waiting")


@staff_only(VIEW)
@never_cache
@require_safe
def staff_to_tell(request: HttpRequest) -> HttpResponse:
    """Whose time the city took back, and to whom a place is offered that no mail tells of."""
    user = staff_of(request)
    rows = list(to_tell(user)[:_MOST_TO_TELL])
    note_list(user, rows, is_search=False)
    context = {"rows": rows, "offers": list(offered_by_phone(user)[:_MOST_TO_TELL])}
    return render(request, "reservations/staff/to_tell.html", context)


@staff_only(BOOK)
@require_POST
def staff_phoned(request: HttpRequest, public_id: str) -> HttpResponse:
    """Somebody who has only a telephone was told: with who and when, so that nobody calls them twice."""
    user, reservation = staff_of(request), reservation_or_404(request, public_id)
    try:
        is_first = note_phoned(reservation=reservation, by=user)
    except DomainError:
        messages.info(request, _("この方は日時が決まったため、連絡は要らなくなりました。"))
        return redirect("reservations:staff_to_tell")
    if is_first:
        note(reservation, user, AuditAction.STATE, "phoned")
        messages.success(request, _("電話で伝えたことを記録しました。"))
    else:
        messages.info(request, _("この方には、すでに電話で伝えてあります。"))
    return redirect("reservations:staff_to_tell")


def _note(user: User, rows: list[WaitlistEntry]) -> None:
    audit.record(
        action=AuditAction.LIST,
        actor=user,
        target_type="waitlist entry",
        object_ids=[row.public_id for row in rows],
    )
