"""The resident goes home with what was entered: as drafts of their own account."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.definition import form_of
from applications.models import Application, FormVersion
from applications.services.drafts import save_page
from applications.services.starting import start
from applications.typed import Typed
from cityhall.enums import AuditAction
from cityhall.errors import DomainError, StaleState
from cityhall.models import User
from counter.combined import Combined, Part, carry_over, combine, join, split
from counter.enums import ACTING, ACTIVE_VISITS, VisitState
from counter.forms import combined_of
from counter.models import Visit, VisitProcedure
from counter.queries.visits import chosen_procedures
from counter.services.visits.leading import record
from counter.services.visits.leaving import end_wiped

LEFT_WITH_DRAFTS: Final = "left with drafts"


class NothingKept(DomainError):
    """None of the procedures can go on in the account."""

    code = "nothing_kept"
    message = _("下書きにできる手続がありませんでした。今日のうちに続けるか、消去して終わるかを選んでください。")


@dataclass(frozen=True)
class Kept:
    """Drafts that were made, and procedures that cannot go on online, each with the sentence why."""

    drafts: tuple[Application, ...]
    refused: tuple[tuple[str, str], ...]


def may_draft(visit: Visit) -> bool:
    """Whether somebody stands there who was identified, acts for themselves, and has an account."""
    is_known = visit.state in ACTIVE_VISITS and visit.state != VisitState.OPEN
    has_account = visit.resident is not None and visit.resident.user_id is not None
    return is_known and has_account and visit.companion not in ACTING and not visit.is_practice


def leave_with_drafts(visit: Visit, *, by: User, now: dt.datetime | None = None) -> Kept:
    """Keep what was entered as drafts of the resident's account, then wipe the visit and close it.

    What cannot be filed online stays out and is named. Raises NothingKept when that is all of it, and StaleState;
    nothing is changed then. Audited, also at each draft: a member of staff made it.
    """
    moment = now or timezone.now()
    user = visit.resident.user if visit.resident else None
    if not may_draft(visit) or user is None:
        raise StaleState
    chosen = chosen_procedures(visit)
    combined = combined_of(chosen, at_desk=True)
    values = _asked(combined, visit.values)
    drafts, refused = [], []
    with transaction.atomic():
        for one in chosen:
            try:
                with transaction.atomic():
                    drafts.append(_draft(visit, one, values[one.procedure.key], user=user, by=by, now=moment))
            except DomainError as error:
                refused.append((one.procedure.name, str(error)))
        if not drafts:
            raise NothingKept
        end_wiped(visit, by=by, now=moment, detail=LEFT_WITH_DRAFTS)
    return Kept(tuple(drafts), tuple(refused))


def _draft(visit: Visit, one: VisitProcedure, values: Typed, *, user: User, by: User, now: dt.datetime) -> Application:
    """A draft on the form of today; typed values win over what the record says."""
    resident = visit.resident
    if resident is None:
        raise StaleState
    key = f"visit {visit.public_id} {one.procedure.key}"
    draft = start(procedure=one.procedure, resident=resident, by=user, request_key=key, now=now)
    form = form_of(draft.form_version)
    if draft.form_version_id != one.form_version_id:
        values = _renewed(one, draft, values)
    for page in form.pages:
        here = {field.key: values[field.key] for field in page.fields if field.key in values}
        known = {field.key: draft.draft_answers[field.key] for field in page.fields if field.key in draft.draft_answers}
        if here:
            save_page(application=draft, page=page, values=known | here, expected_revision=None, now=now)
    record(visit, by, f"draft {draft.public_id}", action=AuditAction.CREATE)
    return draft


def _renewed(one: VisitProcedure, draft: Application, values: Typed) -> Typed:
    """Values of a form that was published anew meanwhile, for the form of today."""
    key = one.procedure.key
    old, new = _alone(key, one.form_version), _alone(key, draft.form_version)
    return _asked(new, carry_over(old, new, join(old, {key: values}).values).values)[key]


def _asked(combined: Combined, values: Mapping[str, Any]) -> dict[str, Typed]:
    """What was asked, for each procedure; not what a form is told because of the visit, which ends without filing."""
    return split(replace(combined, left_out=()), values)


def _alone(key: str, version: FormVersion) -> Combined:
    return combine([Part(key, form_of(version))], at_desk=True)
