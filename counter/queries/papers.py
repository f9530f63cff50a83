"""Applications as papers to print: what they say, as the person at the printer may see it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from django.db.models import F, prefetch_related_objects
from django.utils.translation import gettext as _

from applications.answers import ADDRESS_HIDDEN, APPLICANT_ADDRESS, display_rows
from applications.definition import Form, form_of
from applications.enums import Channel, FieldType
from applications.models import Application, ApplicationRevision, Attachment
from applications.queries.applicants import is_address_hidden
from applications.queries.papers import seen_papers
from cityhall.days import local_date
from cityhall.enums import FileState
from cityhall.models import Municipality, StoredFile, User
from cityhall.queries.city import municipality
from cityhall.references import format_number
from cityhall.services.files import read_bytes
from cityhall.uploads import IMAGES, UploadRefused
from counter.enums import SpotFixed
from counter.errors import NothingToPrint
from counter.layouts import APPLICANT_CONCEPTS, Paper, Value
from counter.layouts.pictures import as_svg
from counter.models import VisitSignature

T = FieldType
_READ_WITH = ("procedure", "form_version", "department", "resident__merged_into", "business", "mandate__agent")


def papers_of(applications: Sequence[Application], *, reader: User, mark: str = "") -> list[Paper]:
    """A paper for each application in their order. An address under protection is left out as on every page.

    Raises NothingToPrint when one was not sent yet.
    """
    prefetch_related_objects(list(applications), *_READ_WITH)
    sent = _newest_revisions(applications)
    files = _attachments(applications)
    signed = _visit_signatures(applications)
    city = municipality()
    return [
        _paper(one, sent, files.get(one.pk, {}), signed.get(one.pk), city=city, reader=reader, mark=mark)
        for one in applications
    ]


def _paper(
    application: Application,
    sent: Mapping[int, ApplicationRevision],
    files: Mapping[str, StoredFile],
    signature: VisitSignature | None,
    *,
    city: Municipality,
    reader: User,
    mark: str,
) -> Paper:
    revision = sent.get(application.pk)
    if revision is None:
        raise NothingToPrint
    form, answers = form_of(application.form_version), revision.answers
    is_hidden = is_address_hidden(application, to=reader)
    names = {public_id: file.name for public_id, file in files.items()}
    sections = display_rows(form, answers, file_names=names, hide_address=is_hidden, seen=seen_papers(application))
    signed, pictured = _signed(form, answers, files, signature)
    drawn = _drawn(form, answers, signed)
    if city.seal_image is not None:
        pictured[city.seal_image.public_id] = city.seal_image
    number = format_number(application.number) if application.number else ""
    paper = Paper(
        title=application.procedure.name,
        number=number,
        form=form,
        answers=answers,
        sections=tuple(sections),
        fixed={},
        city=city.name,
        office=_office(application),
        picture=partial(_picture, pictured, drawn),
        file_names=names,
        hidden_concept=APPLICANT_ADDRESS if is_hidden else "",
        hidden_text=str(ADDRESS_HIDDEN) if is_hidden else "",
        is_signed_by_hand=application.channel != Channel.ONLINE,
        mark=mark or (_("見本") if application.is_practice else ""),
    )
    fixed = _fixed(application, city, number) | _applicant(application, paper)
    if signed is not None:
        fixed[SpotFixed.SIGNATURE] = signed
    return replace(paper, fixed=fixed)


def _fixed(application: Application, city: Municipality, number: str) -> dict[SpotFixed, Value]:
    fixed = {
        SpotFixed.MAYOR: Value(T.TEXT, city.mayor_title),
        SpotFixed.DEPARTMENT: Value(T.TEXT, application.department.name),
        SpotFixed.PROCEDURE: Value(T.TEXT, application.procedure.name),
        SpotFixed.NUMBER: Value(T.TEXT, number),
    }
    if city.seal_image is not None:
        fixed[SpotFixed.SEAL] = Value(T.SIGNATURE, {"file": city.seal_image.public_id})
    received = application.received_on or (application.submitted_at and local_date(application.submitted_at))
    if received:
        fixed[SpotFixed.RECEIVED_ON] = Value(T.DATE, received.isoformat())
    if application.mandate:
        fixed[SpotFixed.AGENT_NAME] = Value(T.TEXT, application.mandate.agent.full_name)
    return fixed


def _applicant(application: Application, paper: Paper) -> dict[SpotFixed, Value]:
    """The applicant as they answered; the name as it stood at submission where no question asks for it."""
    found = {
        SpotFixed.APPLICANT_NAME: Value(T.TEXT, application.applicant_name),
        SpotFixed.APPLICANT_KANA: Value(T.TEXT, application.applicant_kana),
    }
    for what, concept in APPLICANT_CONCEPTS.items():
        for field in paper.form.questions:
            if field.concept == concept and paper.answers.get(field.key) is not None:
                found[what] = paper.value(field, paper.answers)
                break
    return {what: value for what, value in found.items() if value.answer}


def _office(application: Application) -> tuple[tuple[str, str], ...]:
    return (
        (_("受付方法"), application.get_channel_display()),
        (_("担当課"), application.department.name),
        (_("確認"), ""),
    )


def _signed(
    form: Form, answers: Mapping[str, Any], files: Mapping[str, StoredFile], signature: VisitSignature | None
) -> tuple[Value | None, dict[str, StoredFile]]:
    """The one signature of the visit, or the one the form itself asked for; nothing when it was given on paper.

    With it every file whose picture may stand on the paper.
    """
    if signature is not None and not signature.is_drawn:
        return None, dict(files)
    # the drawing of a visit that was wiped is gone: what a form itself asked for is part of the application, and stays
    if signature is not None and signature.file is not None:
        key = signature.file.public_id
        return Value(T.SIGNATURE, {"file": key}), {**files, key: signature.file}
    own = next((field for field in form.questions if field.type == T.SIGNATURE and answers.get(field.key)), None)
    return (Value(T.SIGNATURE, answers[own.key], own) if own else None), dict(files)


def _drawn(form: Form, answers: Mapping[str, Any], signed: Value | None) -> frozenset[str]:
    """Files that hold a signature drawn on a tablet, most of which is empty."""
    found = [answers.get(field.key) for field in form.questions if field.type == T.SIGNATURE]
    found += [signed.answer] if signed else []
    return frozenset(one["file"] for one in found if isinstance(one, Mapping) and one.get("file"))


def _picture(files: Mapping[str, StoredFile], drawn: Collection[str], public_id: str) -> str:
    """The picture of a file that passed the check; "" for every other file, and for one that is gone."""
    file = files.get(public_id)
    if file is None or file.state != FileState.CLEAN or file.content_type not in IMAGES:
        return ""
    try:
        return as_svg(read_bytes(file), is_drawn=public_id in drawn)
    except (UploadRefused, FileNotFoundError):
        return ""


def _newest_revisions(applications: Iterable[Application]) -> dict[int, ApplicationRevision]:
    rows = ApplicationRevision.objects.filter(application__in=[one.pk for one in applications])
    return {row.application_id: row for row in rows.order_by("number")}


def _attachments(applications: Iterable[Application]) -> dict[int, dict[str, StoredFile]]:
    # also files taken out later: an older answer names them
    rows = Attachment.objects.filter(application__in=[one.pk for one in applications]).select_related("file")
    found: dict[int, dict[str, StoredFile]] = {}
    for row in rows:
        found.setdefault(row.application_id, {})[row.public_id] = row.file
    return found


def _visit_signatures(applications: Iterable[Application]) -> dict[int, VisitSignature]:
    """By application, the newest signature of the visit it was received in. One query."""
    rows = VisitSignature.objects.filter(visit__procedures__application__in=[one.pk for one in applications])
    rows = rows.select_related("file").order_by("id")
    with_application = rows.annotate(of_application=F("visit__procedures__application"))
    return {row.of_application: row for row in with_application}
