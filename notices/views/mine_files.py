"""The document of a notice and the files enclosed with it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cityhall.access import resident_only
from cityhall.http import file_response
from cityhall.models import StoredFile
from notices.models import Notice
from notices.queries.access import standing_of
from notices.services.receipts import has_read, record_download
from notices.views.mine import own_or_404, person


@resident_only
@never_cache
@require_safe
def notice_document(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The signed PDF of an opened notice."""
    notice = own_or_404(request, public_id)
    return _answer(request, notice, notice.document)


@resident_only
@never_cache
@require_safe
def notice_file(request: HttpRequest, public_id: str, file_id: str) -> HttpResponseBase:
    """A file enclosed with an opened notice."""
    notice = own_or_404(request, public_id)
    enclosed = notice.files.select_related("file").filter(public_id=file_id).first()
    return _answer(request, notice, enclosed.file if enclosed else None, name=enclosed.file.name if enclosed else "")


def _answer(request: HttpRequest, notice: Notice, file: StoredFile | None, *, name: str = "") -> HttpResponseBase:
    """The file, with its event; whoever has not opened the notice is led to it."""
    if file is None:
        raise Http404
    user = person(request)
    standing = standing_of(notice, user)
    if standing is None or not has_read(notice, user, standing):
        messages.info(request, _("先に通知を開封してください。"))
        return redirect("notices:notice_detail", public_id=notice.public_id)
    response = file_response(file, inline=True)
    if request.method == "GET":
        record_download(notice, by=user, name=name)
    return response
