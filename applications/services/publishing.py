"""Publishing a form: a new frozen version, named by the SHA-256 of its canonical JSON."""

import datetime as dt

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from applications.definition import SCHEMA, DefinitionError, Form, document_of, fingerprint, parse
from applications.fees import fee_problems
from applications.models import FormVersion, Procedure
from applications.publishable import publishing_problems


def publish(
    *, procedure: Procedure, form: Form, change_note: str = "", now: dt.datetime | None = None
) -> tuple[FormVersion, bool]:
    """Make the form the procedure's current version; whether a new version was made.

    The version is frozen from here on: a trigger refuses every change of its row. A form that the
    procedure had before becomes current again under its old number. Drafts and cases under way keep
    the version they started with. Locks the procedure row, so that two publishers get two numbers.
    Raises DefinitionError with every mistake of its conditions and options, and of the fees that
    are calculated from its questions.
    """
    problems = [*publishing_problems(form), *fee_problems(procedure.fees, form)]
    if problems:
        raise DefinitionError.of(tuple(problems))
    document = document_of(form)
    # what is stored must read back as the form that was checked
    if parse(document) != form:
        raise ValueError(f"the form of {procedure.key} does not survive being written down")
    digest = fingerprint(document)
    with transaction.atomic():
        Procedure.objects.select_for_update(no_key=True).get(pk=procedure.pk)
        version = FormVersion.objects.filter(procedure=procedure, sha256=digest).first()
        is_new = version is None
        if version is None:
            last = procedure.versions.aggregate(last=Max("number"))["last"] or 0
            version = FormVersion.objects.create(
                procedure=procedure,
                number=last + 1,
                schema=SCHEMA,
                definition=document,
                sha256=digest,
                change_note=change_note,
                created_at=now or timezone.now(),
            )
        Procedure.objects.filter(pk=procedure.pk).update(current_version=version)
    procedure.current_version = version
    return version, is_new
