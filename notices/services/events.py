"""The one place that writes evidence: what happened to a notice, who did it, and how sure the city was of them."""

import datetime as dt
from collections.abc import Iterable

from cityhall.models import User
from notices.enums import Channel, ReceiptKind
from notices.models import Notice, ReceiptEvent
from residents.queries import identity_level_of, resident_of

_DETAIL_LENGTH = 200


def record_event(
    notice: Notice,
    kind: ReceiptKind,
    *,
    moment: dt.datetime,
    by: User | None = None,
    channel: Channel | str = "",
    detail: str = "",
) -> ReceiptEvent:
    """Write one event of a notice, with the document as it stands in memory; in the caller's transaction."""
    return ReceiptEvent.objects.create(
        notice=notice,
        kind=kind,
        occurred_at=moment,
        actor=by,
        identity_level=_level_of(by),
        channel=channel,
        sha256=notice.sha256,
        detail=detail[:_DETAIL_LENGTH],
    )


def record_events(
    notice_ids: Iterable[int],
    kind: ReceiptKind,
    *,
    moment: dt.datetime,
    by: User | None = None,
    channel: Channel | str = "",
    detail: str = "",
) -> None:
    """Write the same event of many notices, in two statements; their hashes are read from the database."""
    ids = list(notice_ids)
    hashes = dict(Notice.objects.filter(pk__in=ids).order_by().values_list("pk", "sha256"))
    level = _level_of(by)
    ReceiptEvent.objects.bulk_create(
        ReceiptEvent(
            notice_id=pk,
            kind=kind,
            occurred_at=moment,
            actor=by,
            identity_level=level,
            channel=channel,
            sha256=hashes[pk],
            detail=detail[:_DETAIL_LENGTH],
        )
        for pk in ids
    )


def _level_of(user: User | None) -> str:
    """How well a resident is identified at this moment; "" for staff and for what nobody did."""
    resident = resident_of(user) if user is not None else None
    return identity_level_of(resident) if resident is not None else ""
