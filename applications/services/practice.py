"""Practice (体験): a form filled in by way of trial, with a made-up person. It is never sent and soon forgotten."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications import definition
from applications.enums import ApplicationState, ProcedureMode, ProcedureState
from applications.models import Application, Procedure
from applications.prefill import prefill
from applications.services.drafts import NotOpen, discard
from applications.services.starting import once
from cityhall.queries.city import municipality
from residents.models import Business, Resident

PRACTICE_KEPT = dt.timedelta(hours=24)
"""How long a trial stays when nobody ends it; the banner names it."""


def may_practise(procedure: Procedure) -> bool:
    """Whether there is a form to try: any published one, open or not."""
    has_form = procedure.mode != ProcedureMode.GUIDE_ONLY and procedure.current_version_id is not None
    return has_form and procedure.state == ProcedureState.PUBLISHED


def start_practice(*, procedure: Procedure, request_key: str, now: dt.datetime | None = None) -> Application:
    """A trial of the current form, filled with a made-up person. It is only of the browser it was started in.

    `request_key` must be known to this browser only. Raises NotOpen when there is no form to try.
    """
    version = procedure.current_version
    if version is None or not may_practise(procedure):
        raise NotOpen
    key = f"practice:{request_key}"[:80]
    if earlier := Application.objects.filter(request_key=key).first():
        return earlier
    values = prefill(definition.form_of(version), made_up_person(), business=made_up_business())
    return once(
        key,
        lambda: Application.objects.create(
            procedure=procedure,
            form_version=version,
            department_id=procedure.department_id,
            is_practice=True,
            request_key=key,
            draft_answers=values,
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


def made_up_person() -> Resident:
    """Somebody who does not live anywhere: never saved. The names say what they are."""
    city = municipality()
    return Resident(
        family_name=str(_("体験")),
        given_name=str(_("花子")),
        full_name=str(_("体験 花子")),
        family_kana="タイケン",
        given_kana="ハナコ",
        full_kana="タイケン ハナコ",
        birth_year=1990,
        birth_month=1,
        birth_day=15,
        birth_date=dt.date(1990, 1, 15),
        postal_code=city.postal_code,
        prefecture=city.prefecture,
        city=city.name,
        town=str(_("体験町")),
        street="1-2-3",
        phone_entered="090-0000-0000",
        contact_email="taiken@example.jp",
    )


def made_up_business() -> Business:
    """A business that is registered nowhere: never saved. Its number passes the check of digits."""
    return Business(
        name=str(_("体験商事株式会社")),
        name_kana="タイケンショウジ",
        corporate_number="9000000000000",
        representative=str(_("代表取締役 体験 太郎")),
        address=str(_("体験町1-2-3")),
        phone="03-0000-0000",
    )
