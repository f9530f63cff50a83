"""What time does: nobody who died and no family is named here longer than visitors are."""

import datetime as dt
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext

from cityhall.days import local_date
from counter.bereavement.enums import BereavementEventKind, BereavementState, StepOrigin
from counter.models import Bereavement, BereavementEvent, BereavementRequest, BereavementSheet, BereavementStep

BATCH: Final = 200
GIVEN_UP_KEPT: Final = dt.timedelta(days=7)
"""Nobody comes any more: long enough to see at the departments that nothing is to be done."""
_S = BereavementState


def wipe(*, limit: int = BATCH, now: dt.datetime | None = None) -> int:
    """Forget who died and who came, `VISITOR_KEPT_DAYS` after the day, a week after it was given up; how many.

    Also what lost its booking. Times, states and findings stay, for the figures. May run twice at once.
    """
    moment = now or timezone.now()
    last = local_date(moment) - dt.timedelta(days=settings.VISITOR_KEPT_DAYS)
    given_up = Q(state=_S.WITHDRAWN, ended_at__lt=moment - GIVEN_UP_KEPT)
    due = Bereavement.objects.filter(Q(visit_on__lt=last) | given_up | Q(reservation=None), wiped_at=None)
    with transaction.atomic():
        pks = list(due.order_by("visit_on", "id").values_list("pk", flat=True)[:limit])
        rows = Bereavement.objects.filter(pk__in=pks, wiped_at=None)
        _forget_words(pks)
        BereavementEvent.objects.bulk_create(
            BereavementEvent(bereavement_id=pk, kind=BereavementEventKind.WIPED, at=moment) for pk in pks
        )
        return rows.update(
            values={},
            answers={},
            died_on=None,
            reservation=None,
            state=Case(
                When(state=_S.DRAFT, then=Value(_S.WITHDRAWN)),
                When(state__in=[_S.SENT, _S.PREPARING], then=Value(_S.CLOSED)),
                default=F("state"),
            ),
            ended_at=Coalesce(F("ended_at"), Value(moment)),
            wiped_at=moment,
        )


def _forget_words(pks: list[int]) -> None:
    """What staff wrote, and which of its own lists a department has."""
    sheets = BereavementSheet.objects.filter(bereavement__in=pks)
    BereavementRequest.objects.filter(sheet__in=sheets).exclude(note="").update(note="")
    steps = BereavementStep.objects.filter(bereavement__in=pks)
    steps.exclude(reason="").update(reason=gettext("（消去しました）"))
    steps.update(due_on=None)
    steps.filter(origin=StepOrigin.STAFF).update(title=gettext("（消去しました）"))
