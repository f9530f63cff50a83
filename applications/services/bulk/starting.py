"""A confirmed bulk decision becomes rows of work; a double click is one."""

import datetime as dt
from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.enums import DecisionKind
from applications.models import BulkDecision, BulkDecisionRow
from applications.queries.bulk import chosen_cases
from applications.services.bulk.planning import mark_of_texts, texts_of
from applications.services.casework.deciding import LetterChanged
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
    texts_seen: str,
    by: User,
    request_key: str,
    now: dt.datetime | None = None,
) -> BulkDecision:
    """Queue one row for each case, with the revision that was seen (public id → revision). Audited.

    `texts_seen` is the mark of what was read (`planning.texts_mark`); the versions it stands for are kept, and no
    other text goes out. Asking again with the same `request_key` returns the bulk made first, also when two ask at
    once. Whether a case may be decided is asked again when its row is worked on.
    Raises NothingChosen, TooManyCases, LetterChanged.
    """
    made = _made_before(request_key, by)
    if made is not None:
        return made
    if len(seen) > MOST_CASES:
        raise TooManyCases
    cases = chosen_cases(by, list(seen))
    if not cases:
        raise NothingChosen
    texts = texts_of(cases, decision)
    if texts_seen != mark_of_texts(texts, decision, reason):
        raise LetterChanged
    moment = now or timezone.now()
    try:
        with transaction.atomic():
            bulk = BulkDecision.objects.create(
                decision=decision,
                reason=reason.strip(),
                texts=texts,
                by=by,
                request_key=request_key,
                created_at=moment,
            )
            BulkDecisionRow.objects.bulk_create(
                BulkDecisionRow(
                    bulk=bulk,
                    application=case,
                    seen_revision=seen[case.public_id],
                    lane=Lane.BULK,
                    due_at=moment,
                    created_at=moment,
                )
                # in the order of the list they were chosen from
                for case in cases
            )
            _record(bulk, [case.public_id for case in cases], by)
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
