"""Practice (体験): a form filled in by way of trial, with a made-up person. It is never sent and soon forgotten."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from applications import definition
from applications.enums import ApplicationState, ProcedureMode, ProcedureState
from applications.made_up import made_up_business, made_up_person
from applications.models import Application, Procedure
from applications.prefill import prefill
from applications.services.drafts import NotOpen, discard
from applications.services.starting import Filled, once

PRACTICE_KEPT = dt.timedelta(hours=24)
"""How long a trial stays when nobody ends it; the banner names it."""


def may_practise(procedure: Procedure) -> bool:
    """Whether there is a form to try: any published one, open or not."""
    has_form = procedure.mode != ProcedureMode.GUIDE_ONLY and procedure.current_version_id is not None
    return has_form and procedure.state == ProcedureState.PUBLISHED


def start_practice(
    *,
    procedure: Procedure,
    request_key: str,
    filled: Filled | None = None,
    now: dt.datetime | None = None,
) -> Application:
    """A trial of the current form, filled with a made-up person. It is only of the browser it was started in.

    With `filled` that is what it begins with, for a trial at the counter. `request_key` must be known to this
    browser only. Raises NotOpen when there is no form to try.
    """
    version = procedure.current_version
    if version is None or not may_practise(procedure):
        raise NotOpen
    key = f"practice:{request_key}"[:80]
    if earlier := Application.objects.filter(request_key=key).first():
        return earlier
    if filled is None:
        values = prefill(definition.form_of(version), made_up_person(), business=made_up_business())
        filled = Filled(version, values)
    return once(
        key,
        lambda: Application.objects.create(
            procedure=procedure,
            form_version=filled.version,
            department_id=procedure.department_id,
            is_practice=True,
            request_key=key,
            draft_answers=filled.typed,
            created_at=now or timezone.now(),
        ),
    )


def end_practice(*, application: Application, now: dt.datetime | None = None) -> None:
    """Delete a trial and its files at once. Twice changes nothing."""
    with transaction.atomic():
        rows = Application.objects.select_for_update().filter(pk=application.pk, is_practice=True)
        row = rows.filter(state=ApplicationState.DRAFT).first()
        if row is not None:
            discard(row, by=None, detail="practice", now=now or timezone.now())
