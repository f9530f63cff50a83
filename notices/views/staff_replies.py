"""What recipients wrote back: the list of those who wait, and answering."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cityhall.access import staff_only
from cityhall.enums import AuditAction
from cityhall.errors import DomainError
from cityhall.pages import keyset_page
from cityhall.services import audit
from notices.forms_inbox import AnswerForm
from notices.queries.replies import CHANGE, replies_for
from notices.services.replies import answer_reply, settle_replies
from notices.views.staff import render_detail, staff_of, visible_or_404

PAGE_SIZE = 50


@staff_only(CHANGE)
@require_safe
def reply_list(request: HttpRequest) -> HttpResponse:
    """Replies of one's departments; those that wait first come first, all others with `all`."""
    user = staff_of(request)
    is_waiting = "all" not in request.GET
    order = ("id",) if is_waiting else ("-id",)
    found = replies_for(user, is_waiting=is_waiting)
    page = keyset_page(found, order=order, after=request.GET.get("after", ""), size=PAGE_SIZE)
    audit.record(
        action=AuditAction.LIST,
        actor=user,
        target_type="notice",
        object_ids=[reply.notice.public_id for reply in page.rows],
        detail="replies",
    )
    query = request.GET.copy()
    query["after"] = page.next_cursor
    context = {
        "replies": page.rows,
        "is_waiting": is_waiting,
        "next_url": f"?{query.urlencode()}" if page.next_cursor else "",
    }
    return render(request, "notices/replies/list.html", context)


@staff_only(CHANGE)
@require_POST
def reply_answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """Answer the recipient, or note that it is dealt with. What was typed stays when it is refused."""
    notice = visible_or_404(request, public_id, CHANGE)
    if "settle" in request.POST:
        settle_replies(notice, by=staff_of(request))
        messages.success(request, _("対応済みにしました。"))
        return redirect("notices:staff_detail", public_id=public_id)
    form = AnswerForm(request.POST, auto_id="answer_%s")
    if form.is_valid():
        try:
            answer_reply(notice=notice, by=staff_of(request), **form.cleaned_data)
        except DomainError as error:
            form.add_error("body", str(error))
        else:
            messages.success(request, _("回答を送信しました。"))
            return redirect("notices:staff_detail", public_id=public_id)
    return render_detail(request, notice, answer_form=form)
