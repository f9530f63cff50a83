"""A run on its way to the printer: the count of sheets on paper, and everything a print house needs."""

from tempfile import TemporaryFile

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cityhall.access import staff_only
from cityhall.enums import AuditAction, FileState
from cityhall.services import audit
from notices.models import LetterRun, LetterRunItem
from notices.print_house import ENCODINGS, batches, bundles, write_archive
from notices.views.letters_shared import run_or_404, staff_of


@staff_only("notices.view_letterrun")
@require_safe
def letter_run_sheets(request: HttpRequest, public_id: str) -> HttpResponse:
    """How many letters of how many sheets stand where, and the bundles; a page to print. Names nobody."""
    run = run_or_404(request, public_id)
    letters = _printed(run)
    context = {"run": run, "batches": batches(letters), "bundles": bundles(letters)}
    return render(request, "notices/letters/sheets.html", context)


@staff_only("notices.view_letterrun")
@require_safe
def letter_run_archive(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The print file with the list of letters and the counts, for a print house. Audited."""
    run = run_or_404(request, public_id)
    if run.file is None or run.file.state != FileState.CLEAN:
        raise Http404
    wanted = request.GET.get("encoding", "")
    letters = _printed(run)
    audit.record(
        action=AuditAction.EXPORT,
        actor=staff_of(request),
        target_type="letter_run",
        target_id=run.public_id,
        object_ids=[letter.notice.public_id for letter in letters],
    )
    # on disk: a thousand letters are a hundred megabytes
    target = TemporaryFile()  # noqa: SIM115 - the response closes it
    write_archive(run, letters, target, encoding=wanted if wanted in ENCODINGS else ENCODINGS[0])
    target.seek(0)
    name = _("郵送_%(run)s.zip") % {"run": run.public_id}
    response = FileResponse(target, as_attachment=True, filename=name, content_type="application/zip")
    response["Cache-Control"] = "private, no-store"
    return response


def _printed(run: LetterRun) -> list[LetterRunItem]:
    return list(run.items.filter(first_page__gt=0).select_related("notice").order_by("position"))
