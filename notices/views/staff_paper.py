"""Beside the page of one notice: a return that was none, and the files that lie in its envelope."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cityhall.access import staff_only
from cityhall.enums import AuditAction, FileState
from cityhall.errors import StaleState
from cityhall.http import file_response
from cityhall.services import audit
from notices.queries import may_see_address
from notices.queries.letters import CHANGE as CHANGE_LETTERS
from notices.services.returning import undo_return
from notices.views.staff import VIEW, staff_of, visible_or_404


@staff_only(CHANGE_LETTERS)
@require_POST
def staff_return_undone(request: HttpRequest, public_id: str) -> HttpResponse:
    """The wrong letter was read: this one did not come back. Back to the list of returns, where that was noticed."""
    notice = visible_or_404(request, public_id, CHANGE_LETTERS)
    try:
        undo_return(notice, by=staff_of(request))
    except StaleState as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("返戻の記録を取り消し、発送済みに戻しました。"))
    if request.POST.get("from") == "returns":
        return redirect("notices:letter_returns")
    return redirect("notices:staff_detail", public_id=public_id)


@staff_only(VIEW)
@require_safe
def staff_enclosure(request: HttpRequest, public_id: str, file_id: str) -> HttpResponseBase:
    """A file enclosed with a notice. One's own file may carry the address, as the document does. Audited."""
    notice = visible_or_404(request, public_id)
    enclosed = notice.files.select_related("file").filter(public_id=file_id).first()
    if enclosed is None or enclosed.file.state != FileState.CLEAN or not may_see_address(notice, staff_of(request)):
        raise Http404
    audit.record(
        action=AuditAction.DOWNLOAD,
        actor=staff_of(request),
        target_type="notice",
        target_id=notice.public_id,
        target_label=notice.number,
        detail="enclosure",
        department_code=notice.department.code,
    )
    return file_response(enclosed.file, inline=True)
