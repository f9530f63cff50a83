"""An account in one minute: a code on the tablet, and the desk's word that it was taken up by who stands there."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cityhall.access import staff_only
from cityhall.errors import DomainError
from cityhall.qr import qr_inline
from counter.models import AccountInvitation, Visit
from counter.queries.certificates import is_at_the_desk
from counter.services import invitations
from counter.views.desk.common import SERVE, show, to_present, user_of, visit_or_404
from counter.views.desk.frame import Stage
from counter.views.desk.receiving import end_url
from counter.views.desk.turning import language_of


@staff_only(SERVE)
@never_cache
@require_POST
def visit_invite(request: HttpRequest, public_id: str) -> HttpResponse:
    """A fresh code, shown once: the page cannot be opened again, a new code can be made."""
    visit = visit_or_404(request, public_id)
    try:
        _invitation, code = invitations.invite(visit, by=user_of(request))
    except DomainError as error:
        messages.warning(request, str(error))
        return redirect(end_url(visit))
    address = settings.SITE_URL + reverse("counter:invited", args=[code])
    with translation.override(language_of(visit)):
        context = {"qr": qr_inline(address), "minutes": int(invitations.LASTS.total_seconds()) // 60}
        return show(request, "counter/desk/invite.html", visit, Stage.RECEIVE, context)


@staff_only(SERVE)
@never_cache
@require_safe
def visit_invitation(request: HttpRequest, public_id: str) -> HttpResponse:
    """Whether somebody took the code up, and with which address: staff ask whether it is theirs."""
    visit = visit_or_404(request, public_id)
    if not is_at_the_desk(visit, timezone.now()):
        return to_present(visit)
    last = _last(visit)
    if last is None:
        return to_present(visit)
    context = {"invitation": last, "back": end_url(visit)}
    return show(request, "counter/desk/invitation.html", visit, Stage.RECEIVE, context)


@staff_only(SERVE)
@require_POST
def visit_invitation_answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """It is theirs, or it is not."""
    visit, user = visit_or_404(request, public_id), user_of(request)
    last = _last(visit)
    if last is None:
        return to_present(visit)
    if request.POST.get("action") != "confirm":
        invitations.refuse(last, by=user)
        messages.success(request, _("招待を取り消しました。必要なときは、もう一度招待してください。"))
        return redirect(end_url(visit))
    try:
        invitations.confirm(last, by=user)
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("利用者登録を、この方の登録と結び付けました。"))
    return redirect(end_url(visit))


def _last(visit: Visit) -> AccountInvitation | None:
    rows = AccountInvitation.objects.filter(visit=visit, confirmed_at=None).select_related("claimed_by", "visit")
    return rows.order_by("-id").first()
