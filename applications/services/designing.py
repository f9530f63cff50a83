"""Saving a form in work, and what follows: publishing it, going back, taking a version up again."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.definition import DefinitionError, Form, document_of, fingerprint, parse
from applications.designer.keys import highest_number
from applications.designer.operations import Design
from applications.models import FormDesign, FormVersion, Procedure
from applications.publishable import publishing_problems
from applications.publishing_advice import refuse_unpublishable
from applications.queries.designing import as_design, design_of
from applications.services.publishing import publish
from cityhall.db import violated
from cityhall.enums import AuditAction
from cityhall.errors import DomainError, StaleState
from cityhall.models import User
from cityhall.services import audit
from cityhall.text import clean_json

MAX_BYTES = 1_000_000
MAX_DEPTH = 40

Operation = Callable[[Design], Design]


class ChangedMeanwhile(StaleState):
    """Another tab or person saved the form first."""

    code = "design_changed"
    message = gettext_lazy(
        "別の画面で、この様式が先に変更されました。今回の変更はまだ保存されていません。"
        "最新の内容を確認してから、もう一度保存してください。"
    )


class PublishedMeanwhile(StaleState):
    """The procedure has a newer version than the one this form was made from."""

    code = "published_meanwhile"
    message = gettext_lazy(
        "編集を始めた後で、ほかの人が新しい版を作りました。違いを確認し、どちらの内容を使うかを選んでください。"
    )


class NothingToRestore(DomainError):
    code = "nothing_to_restore"
    message = gettext_lazy("版がまだありません。")


def change_design(*, procedure: Procedure, expected_revision: int, operation: Operation, by: User) -> FormDesign:
    """Apply an operation to the form in work and save it: one read, one conditional write, however long the form.

    Raises ChangedMeanwhile when the form has another revision, BadText for what cannot be stored, and
    whatever the operation refuses.
    """
    row = design_of(procedure)
    if row.revision != expected_revision:
        raise ChangedMeanwhile
    changed = operation(as_design(row))
    return _save(row, changed, by=by)


def _save(row: FormDesign, changed: Design, *, by: User, base: FormVersion | None = None) -> FormDesign:
    """Write the next revision. `base` names another version as the one the form was made from."""
    clean_json(changed.document, max_depth=MAX_DEPTH, max_bytes=MAX_BYTES)
    values = {
        "document": changed.document,
        "deleted": changed.deleted,
        "key_count": changed.key_count,
        "base_version": base or row.base_version,
        "changed_by": by,
        "changed_at": timezone.now(),
    }
    next_revision = row.revision + 1
    if row._state.adding:
        return _begin(row, values)
    updated = FormDesign.objects.filter(pk=row.pk, revision=row.revision).update(revision=next_revision, **values)
    if not updated:
        raise ChangedMeanwhile
    for name, value in {**values, "revision": next_revision}.items():
        setattr(row, name, value)
    return row


def _begin(row: FormDesign, values: dict[str, object]) -> FormDesign:
    """The first save. Two at once meet the unique procedure: one of them is told."""
    try:
        with transaction.atomic():
            return FormDesign.objects.create(procedure=row.procedure, revision=1, **values)
    except IntegrityError as error:
        if violated(error) == "applications_formdesign_procedure_id_key":
            raise ChangedMeanwhile from None
        raise


def checked_form(document: object) -> Form:
    """The form of a document. Raises DefinitionError with every mistake, those of conditions and options too."""
    form = parse(document)
    problems = publishing_problems(form)
    if problems:
        raise DefinitionError.of(tuple(problems))
    return form


def publishing_mark(document: object) -> str:
    """The SHA-256 that a version of this form has; "" for a form that cannot be published as it is."""
    try:
        return fingerprint(document_of(checked_form(document)))
    except DefinitionError:
        return ""


def publish_design(
    *,
    procedure: Procedure,
    expected_revision: int,
    change_note: str,
    by: User,
    seen: str = "",
    now: dt.datetime | None = None,
) -> tuple[FormVersion, bool]:
    """Make the form in work the procedure's current version; whether that is a new version.

    `seen` is the mark (`publishing_mark`) of the form that the page showed: where just that is the current
    version already, the button was pressed twice and the answer is that of the first time.
    Drafts and cases under way stay on theirs. Audited. Locks the procedure's row, then the design's. Raises
    ChangedMeanwhile, PublishedMeanwhile, DefinitionError with every mistake, Unpublishable.
    """
    refuse_unpublishable(procedure, design_of(procedure).document)
    with transaction.atomic():
        locked = Procedure.objects.select_for_update().get(pk=procedure.pk)
        row = FormDesign.objects.select_for_update().filter(procedure=locked).first()
        row = row or design_of(procedure)
        if row.revision != expected_revision:
            current = locked.current_version
            if current is not None and current.sha256 == seen:
                return current, True
            raise ChangedMeanwhile
        if row.base_version_id != locked.current_version_id:
            raise PublishedMeanwhile
        # `publish` looks for the mistakes that a readable form may have
        version, is_new = publish(procedure=procedure, form=parse(row.document), change_note=change_note, now=now)
        # as it was published, so that nothing looks changed
        _save(row, replace(as_design(row), document=version.definition), by=by, base=version)
        _record(procedure, by, _("様式を第%(number)s版にした") % {"number": version.number})
    return version, is_new


def restore_version(*, procedure: Procedure, number: int, expected_revision: int, by: User) -> FormDesign:
    """Take the form of an earlier version into work; nothing is published. Raises ChangedMeanwhile, DoesNotExist."""
    version = procedure.versions.get(number=number)
    row = design_of(procedure)
    if row.revision != expected_revision:
        raise ChangedMeanwhile
    restored = Design(version.definition, [], max(row.key_count, highest_number(version.definition)))
    return _save(row, restored, by=by, base=procedure.current_version)


def keep_own_form(*, procedure: Procedure, expected_revision: int, by: User) -> FormDesign:
    """Go on with the form in work although another version was published meanwhile; the differences were shown."""
    row = design_of(procedure)
    if procedure.current_version is None:
        raise NothingToRestore
    if row.revision != expected_revision:
        raise ChangedMeanwhile
    return _save(row, as_design(row), by=by, base=procedure.current_version)


def _record(procedure: Procedure, by: User, detail: str) -> None:
    audit.record(
        action=AuditAction.CHANGE,
        actor=by,
        target_type="applications.procedure",
        target_id=procedure.key,
        target_label=procedure.name,
        department_code=procedure.department.code,
        detail=detail,
    )
