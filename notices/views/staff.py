"""What staff see of notices: who got what and when, withdrawing, and everything that failed."""

from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cityhall.access import staff_only
from cityhall.enums import AuditAction
from cityhall.errors import StaleState
from cityhall.http import file_response
from cityhall.ids import public_id as new_key
from cityhall.models import User
from cityhall.pages import keyset_page
from cityhall.queries.staff import may_in
from cityhall.services import audit
from notices.display import paper_chip, staff_chip
from notices.enums import NoticeState, PaperState, ReceiptKind
from notices.forms import ReasonForm, StaffListForm
from notices.forms_inbox import AnswerForm
from notices.models import Notice
from notices.queries import may_see_address, search_notices, visible_to_staff
from notices.queries.deliveries import tellings_of
from notices.queries.letters import CHANGE as CHANGE_LETTERS
from notices.queries.replies import CHANGE as CHANGE_REPLIES
from notices.services import (
    lacks_document,
    mark_returned,
    may_post_again,
    post_again,
    post_without_document,
    withdraw,
)
from notices.services.hand_made import may_show_code, show_code_for_letter
from notices.services.proof import events_of, who_of

PAGE_SIZE = 50
VIEW: Final = "notices.view_notice"
WITHDRAW: Final = "notices.withdraw_notice"


@staff_only(VIEW)
@require_safe
def staff_list(request: HttpRequest) -> HttpResponse:
    """Notices of one's departments with their two states, newest first."""
    form = StaffListForm(request.GET)
    found = search_notices(visible_to_staff(staff_of(request)), **form.wanted())
    page = keyset_page(found, order=("-id",), after=request.GET.get("after", ""), size=PAGE_SIZE)
    audit.record(
        action=AuditAction.SEARCH if form.wanted().get("text") else AuditAction.LIST,
        actor=staff_of(request),
        target_type="notice",
        object_ids=[notice.public_id for notice in page.rows],
    )
    query = request.GET.copy()
    query["after"] = page.next_cursor
    context = {
        "form": form,
        "rows": [{"notice": row, "state": staff_chip(row), "paper": paper_chip(row)} for row in page.rows],
        "next_url": f"?{query.urlencode()}" if page.next_cursor else "",
    }
    return render(request, "notices/staff_list.html", context)


@staff_only(VIEW)
@require_safe
def staff_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """One notice with the evidence of its way. Reading is audited."""
    notice = visible_or_404(request, public_id)
    _record(request, notice, AuditAction.READ)
    return render_detail(request, notice)


@staff_only(VIEW)
@require_safe
def staff_document(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The signed PDF. Staff reading it never counts as opening."""
    notice = visible_or_404(request, public_id)
    if notice.document is None or not may_see_address(notice, staff_of(request)):
        raise Http404
    _record(request, notice, AuditAction.DOWNLOAD)
    return file_response(notice.document, inline=True)


@staff_only(WITHDRAW)
@require_POST
def staff_withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a notice back, with the reason."""
    notice = visible_or_404(request, public_id, WITHDRAW)
    form = ReasonForm(request.POST, auto_id="withdraw_%s")
    if not form.is_valid():
        return render_detail(request, notice, withdraw_form=form)
    try:
        withdraw(notice, by=staff_of(request), reason=form.cleaned_data["reason"])
    except StaleState as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("通知を取り消しました。"))
    return redirect("notices:staff_detail", public_id=public_id)


@staff_only(CHANGE_LETTERS)
@require_POST
def staff_returned(request: HttpRequest, public_id: str) -> HttpResponse:
    """Record that the post brought the letter back."""
    notice = visible_or_404(request, public_id, CHANGE_LETTERS)
    form = ReasonForm(request.POST, auto_id="returned_%s")
    if not form.is_valid():
        return render_detail(request, notice, returned_form=form)
    try:
        mark_returned(notice, by=staff_of(request), reason=form.cleaned_data["reason"])
    except StaleState as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("返戻として記録しました。"))
    return redirect("notices:staff_detail", public_id=public_id)


@staff_only(CHANGE_LETTERS)
@require_POST
def staff_post_again(request: HttpRequest, public_id: str) -> HttpResponse:
    """Let a letter that came back go out again, to the address as it is registered now."""
    notice = visible_or_404(request, public_id, CHANGE_LETTERS)
    try:
        post_again(notice, by=staff_of(request))
    except StaleState as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("宛先を登録中の住所に更新し、郵送待ちにしました。"))
    return redirect("notices:staff_detail", public_id=public_id)


@staff_only(CHANGE_LETTERS)
@never_cache
@require_POST
def staff_code(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show the one-time code to whoever makes the letter by hand; recorded each time."""
    notice = visible_or_404(request, public_id, CHANGE_LETTERS)
    try:
        code = show_code_for_letter(notice, by=staff_of(request))
    except StaleState as error:
        messages.warning(request, str(error))
        return redirect("notices:staff_detail", public_id=public_id)
    return render_detail(request, notice, code=code)


@staff_only(CHANGE_LETTERS)
@require_POST
def staff_made_by_hand(request: HttpRequest, public_id: str) -> HttpResponse:
    """Record that a notice whose document cannot be made was made and posted by a person, with the reason."""
    notice = visible_or_404(request, public_id, CHANGE_LETTERS)
    form = ReasonForm(request.POST, auto_id="by_hand_%s")
    if not form.is_valid():
        return render_detail(request, notice, by_hand_form=form)
    try:
        post_without_document(notice, by=staff_of(request), reason=form.cleaned_data["reason"])
    except StaleState as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("手作業で作成して郵送したことを記録しました。"))
    return redirect("notices:staff_detail", public_id=public_id)


def staff_of(request: HttpRequest) -> User:
    """Who asks; `staff_only` let nobody else through."""
    return request.user  # type: ignore[return-value]


def visible_or_404(request: HttpRequest, public_id: str, permission: str = VIEW) -> Notice:
    """A notice of the departments in which the person may do this (see it)."""
    notice = visible_to_staff(staff_of(request), permission).filter(public_id=public_id).first()
    if notice is None:
        raise Http404
    return notice


def render_detail(
    request: HttpRequest,
    notice: Notice,
    *,
    withdraw_form: ReasonForm | None = None,
    returned_form: ReasonForm | None = None,
    by_hand_form: ReasonForm | None = None,
    answer_form: AnswerForm | None = None,
    code: str = "",
) -> HttpResponse:
    """The page of one notice, with a form that was refused in the place of its empty one, or with its one-time code."""
    user = staff_of(request)
    may_post = may_in(user, CHANGE_LETTERS, notice.department_id)
    context = {
        "notice": notice,
        "state": staff_chip(notice),
        "paper": paper_chip(notice),
        "may_see_address": may_see_address(notice, user),
        "tellings": tellings_of(notice),
        "bound_form": withdraw_form or returned_form or by_hand_form or answer_form,
        "events": [(event, who_of(event, notice)) for event in events_of(notice)],
        "replies": list(notice.replies.select_related("author", "handled_by").order_by("id")),
        "answer_form": _answer_form(notice, user, answer_form),
        "has_waiting_reply": notice.replies.filter(is_from_staff=False, handled_at__isnull=True).exists(),
        "followers": _followers_of(notice),
        "withdraw_form": _offered(
            withdraw_form or ReasonForm(auto_id="withdraw_%s"),
            may_in(user, WITHDRAW, notice.department_id) and notice.state != NoticeState.WITHDRAWN,
        ),
        "returned_form": _offered(
            returned_form or ReasonForm(auto_id="returned_%s"),
            may_post and notice.paper_state == PaperState.POSTED,
        ),
        "by_hand_form": _offered(by_hand_form or ReasonForm(auto_id="by_hand_%s"), may_post and lacks_document(notice)),
        "may_post_again": may_post and may_post_again(notice),
        "may_undo_return": may_post and notice.paper_state == PaperState.RETURNED,
        "files": list(notice.files.select_related("file").order_by("position", "id")),
        # also of a letter that a person made: it has no document, but a way
        "has_evidence": notice.available_at is not None or notice.paper_state != PaperState.NONE,
        "may_show_code": may_post and may_show_code(notice),
        "code": code,
    }
    return render(request, "notices/staff_detail.html", context)


def _answer_form(notice: Notice, user: User, form: AnswerForm | None) -> AnswerForm | None:
    """Where something was written that can be answered."""
    may_answer = may_in(user, CHANGE_REPLIES, notice.department_id)
    if not may_answer or notice.wiped_at is not None or not notice.replies.exists():
        return None
    return form or AnswerForm(initial={"request_key": new_key()}, auto_id="answer_%s")


def _followers_of(notice: Notice) -> list[str]:
    """What was filed or booked because of the notice and stands, as its events say it."""
    kinds = (ReceiptKind.ACTED, ReceiptKind.ACT_UNDONE)
    standing: list[str] = []
    for kind, label in notice.receipts.filter(kind__in=kinds).order_by("id").values_list("kind", "detail"):
        if kind == ReceiptKind.ACTED:
            standing.append(label)
        elif label in standing:
            standing.remove(label)
    return standing


def _offered(form: ReasonForm, is_possible: bool) -> ReasonForm | None:
    return form if is_possible else None


def _record(request: HttpRequest, notice: Notice, action: AuditAction) -> None:
    audit.record(
        action=action,
        actor=staff_of(request),
        target_type="notice",
        target_id=notice.public_id,
        target_label=notice.number,
        department_code=notice.department.code,
    )
