"""A confirmed bulk decision becomes rows of work; a double click is one."""

import datetime as dt
from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.enums import DecisionKind
from applications.models import BulkDecision, BulkDecisionRow
from applications.queries.scope import visible_cases
from cityhall.db import violated
from cityhall.enums import AuditAction, Lane
from cityhall.errors import DomainError
from cityhall.models import User
from cityhall.queue import wake
from cityhall.services import audit

MOST_CASES = 500


class NothingChosen(DomainError):
    code = "nothing_chosen"
    message = _("申請が選ばれていません。一覧で申請を選んでください。")


class TooManyCases(DomainError):
    code = "too_many_cases"

    def __init__(self) -> None:
        super().__init__(
            _("一度に処理できる申請は%(most)s件までです。選ぶ申請を減らしてください。") % {"most": MOST_CASES}
        )


def start(
    *,
    decision: DecisionKind,
    reason: str,
    seen: Mapping[str, int],
    by: User,
    request_key: str,
    now: dt.datetime | None = None,
) -> BulkDecision:
    """Queue one row for each case, with the revision that was seen (public id → revision). Audited.

    Asking again with the same `request_key` returns the bulk made first, also when two ask at once. Whether a
    case may be decided is asked again when its row is worked on. Raises NothingChosen, TooManyCases.
    """
    made = _made_before(request_key, by)
    if made is not None:
        return made
    if len(seen) > MOST_CASES:
        raise TooManyCases
    ids = dict(visible_cases(by).filter(public_id__in=seen).values_list("public_id", "pk"))
    if not ids:
        raise NothingChosen
    moment = now or timezone.now()
    try:
        with transaction.atomic():
            bulk = BulkDecision.objects.create(
                decision=decision, reason=reason.strip(), by=by, request_key=request_key, created_at=moment
            )
            # in the order of the list they were chosen from
            chosen = [(ids[public_id], revision) for public_id, revision in seen.items() if public_id in ids]
            BulkDecisionRow.objects.bulk_create(
                BulkDecisionRow(
                    bulk=bulk,
                    application_id=pk,
                    seen_revision=revision,
                    lane=Lane.BULK,
                    due_at=moment,
                    created_at=moment,
                )
                for pk, revision in chosen
            )
            _record(bulk, list(ids), by)
            wake("applications.tasks.decide_bulk")
    except IntegrityError as error:
        made = _made_before(request_key, by)
        if violated(error) == "applications_bulkdecision_request_key_key" and made is not None:
            return made
        raise
    return bulk


def _made_before(request_key: str, by: User) -> BulkDecision | None:
    return BulkDecision.objects.filter(request_key=request_key, by=by).first()


def _record(bulk: BulkDecision, public_ids: list[str], by: User) -> None:
    audit.record(
        action=AuditAction.CREATE,
        actor=by,
        target_type=bulk._meta.label_lower,
        target_id=bulk.public_id,
        detail=f"bulk: {bulk.decision}",
        object_ids=public_ids,
    )
