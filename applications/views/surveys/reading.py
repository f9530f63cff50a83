"""What was answered, for the owner: one answer, all together, as a table, and the files."""

import datetime as dt
import zipfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from applications.answers import display_rows
from applications.definition import form_of
from applications.enums import TextEncoding
from applications.models import Attachment, DepartmentGroup, Survey, SurveyAddressee
from applications.permissions import MANAGE_SURVEYS
from applications.queries import surveys as reads
from applications.queries.mine import last_revision, names_of_files
from applications.surveys import table
from applications.surveys.charts import with_charts
from applications.surveys.totals import Given, totals
from applications.views.staff import staff_of
from applications.views.surveys.common import survey_or_404
from cityhall.access import staff_only
from cityhall.db import MOST_NUMBER, is_number
from cityhall.enums import AuditAction, FileState
from cityhall.http import file_response
from cityhall.models import User
from cityhall.services import audit
from cityhall.services.files import open_stored
from cityhall.spreadsheets import csv_response
from cityhall.workbooks import CONTENT_TYPE, Workbook


@staff_only(MANAGE_SURVEYS)
@never_cache
@require_safe
def survey_read(request: HttpRequest, public_id: str, answer: str) -> HttpResponse:
    """One answer, the one that counts or one that was replaced. Audited."""
    survey = survey_or_404(request, public_id)
    application = reads.answer_of(survey, answer)
    if application is None:
        raise Http404
    addressee = reads.addressee_of(survey, application)
    revision = last_revision(application)
    form = form_of(application.form_version)
    _record(survey, staff_of(request), AuditAction.READ, application.public_id)
    context = {
        "survey": survey,
        "application": application,
        "addressee": addressee,
        "sections": display_rows(form, revision.answers, file_names=names_of_files(application)) if revision else [],
        "is_counted": addressee is not None and addressee.application_id == application.pk,
        "others": list(reads.all_answers(addressee)) if addressee is not None else [],
    }
    return render(request, "applications/surveys/read.html", context)


@staff_only(MANAGE_SURVEYS)
@never_cache
@require_safe
def survey_totals(request: HttpRequest, public_id: str) -> HttpResponse:
    """Question by question what all answers say together; of a group of departments, when one is chosen."""
    survey = survey_or_404(request, public_id)
    group = _group(request)
    answers = reads.answers_of(survey, group=group.pk if group else None)
    given = [Given(str(one), form_of(revision.application.form_version), revision.answers) for one, revision in answers]
    context = {
        "survey": survey,
        "totals": with_charts(totals(given)),
        "count": len(given),
        "asked": reads.count_asked(survey, group.pk if group else None),
        "groups": list(DepartmentGroup.objects.all()),
        "group": group,
        "files": _file_names(survey),
    }
    return render(request, "applications/surveys/totals.html", context)


def _group(request: HttpRequest) -> DepartmentGroup | None:
    wanted = request.GET.get("group", "")
    # a number of thousands of digits is refused before it is made one
    if not wanted.isdecimal() or len(wanted) > len(str(MOST_NUMBER)) or not is_number(int(wanted)):
        return None
    return DepartmentGroup.objects.filter(pk=int(wanted)).first()


def _file_names(survey: Survey) -> dict[str, str]:
    rows = Attachment.objects.filter(application__survey_answer__survey=survey, removed_at=None)
    return dict(rows.values_list("public_id", "file__name"))


@staff_only(MANAGE_SURVEYS)
@require_safe
def survey_export(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """One line an addressee, unanswered ones too, as `csv`, `cp932` or `xlsx`. Audited."""
    survey = survey_or_404(request, public_id)
    _record(survey, staff_of(request), AuditAction.EXPORT)
    lines = list(_lines(survey))
    fields = table.fields_of(line.form for line in lines if line.form is not None)
    header = table.header(fields)
    rows = table.rows(lines, fields, _file_names(survey))
    name = _("照会_%(title)s_%(date)s") % {"title": survey.title, "date": f"{timezone.localtime():%Y%m%d}"}
    match request.GET.get("format"):
        case "xlsx":
            return _workbook(name, survey.title, header, list(rows))
        case "cp932":
            return csv_response(name=f"{name}.csv", header=header, rows=rows, encoding=TextEncoding.CP932.value)
        case _:
            return csv_response(name=f"{name}.csv", header=header, rows=rows)


def _lines(survey: Survey) -> Iterator[table.Line]:
    answers = {one.pk: revision for one, revision in reads.answers_of(survey)}
    for one in reads.addressees_of(survey):
        revision = answers.get(one.pk)
        is_answered = revision is not None and one.application is not None
        yield table.Line(
            name=str(one),
            kind=_("課") if one.department_id else _("職員"),
            state=_("回答済み") if is_answered else _("回答中") if one.draft_id else _("未回答"),
            by=one.application.applicant_name if one.application is not None else "",
            at=_moment(one.answered_at),
            late=_("遅れ") if reads.is_late(one, survey) else "",
            form=form_of(revision.application.form_version) if revision is not None else None,
            answers=revision.answers if revision is not None else None,
        )


def _moment(at: dt.datetime | None) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at is not None else ""


def _workbook(name: str, title: str, header: list[str], rows: list[list[str]]) -> HttpResponse:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "survey.xlsx"
        book = Workbook(path)
        sheet = book.add_sheet(title, headings=[header])
        for row in rows:
            sheet.write(row)
        book.close()
        response = HttpResponse(path.read_bytes(), content_type=CONTENT_TYPE)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=f"{name}.xlsx") or ""
    response["Cache-Control"] = "private, no-store"
    return response


@staff_only(MANAGE_SURVEYS)
@never_cache
@require_safe
def survey_file(request: HttpRequest, public_id: str, attachment: str) -> HttpResponseBase:
    """A file of an answer, once it was found clean. Audited."""
    survey = survey_or_404(request, public_id)
    found = reads.attachment_of(survey, attachment)
    if found is None:
        raise Http404
    _record(survey, staff_of(request), AuditAction.DOWNLOAD, f"attachment {found.public_id}")
    return file_response(found.file, inline=True)


@staff_only(MANAGE_SURVEYS)
@require_safe
def survey_files(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The clean files of all answers that count, in one archive with a folder an addressee. Audited."""
    survey = survey_or_404(request, public_id)
    _record(survey, staff_of(request), AuditAction.DOWNLOAD, "files")
    # on disk: a survey may bring hundreds of megabytes
    target = TemporaryFile()  # noqa: SIM115 - the response closes it
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for number, (addressee, attachment) in enumerate(_clean_files(survey), start=1):
            folder = str(addressee).replace("/", "_")
            with (
                open_stored(attachment.file) as source,
                archive.open(f"{folder}/{number:03}_{attachment.file.name}", "w") as entry,
            ):
                for chunk in source.chunks():
                    entry.write(chunk)
    target.seek(0)
    name = _("照会_%(title)s_添付.zip") % {"title": survey.title}
    return FileResponse(target, as_attachment=True, filename=name, content_type="application/zip")


def _clean_files(survey: Survey) -> Iterator[tuple[SurveyAddressee, Attachment]]:
    rows = Attachment.objects.filter(
        application__survey_answer__survey=survey, removed_at=None, file__state=FileState.CLEAN
    )
    rows = rows.select_related("file", "application__survey_answer__department", "application__survey_answer__user")
    for row in rows.order_by("application__survey_answer", "id").iterator(chunk_size=100):
        yield row.application.survey_answer, row


def _record(survey: Survey, user: User, action: AuditAction, detail: str = "") -> None:
    audit.record(
        action=action,
        actor=user,
        target_type="applications.survey",
        target_id=survey.public_id,
        target_label=survey.title,
        department_code=survey.department.code,
        detail=detail,
    )
