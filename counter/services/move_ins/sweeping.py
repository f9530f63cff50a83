"""What time does to imported notices: what opened them goes with the prefill, the rest of them with its row."""

import datetime as dt
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from counter.enums import PrefillState
from counter.models import MoveIn, MoveInImport
from counter.services.move_ins.uploading import throw_away_old

UNDECIDED: Final = dt.timedelta(days=7)
"""How long a file waits for somebody who looks at it, and a row that was given up for another try."""


def wipe_ended(*, now: dt.datetime | None = None) -> int:
    """What was kept beside prefills that are over: used, deleted, past their days. How many."""
    over = MoveIn.objects.exclude(prefill__state=PrefillState.OPEN)
    pks = list(over.exclude(taken="", token_by_number="").values_list("pk", flat=True))
    return MoveIn.objects.filter(pk__in=pks).update(taken="", token_by_number="", mail_mark="")


def forget(*, now: dt.datetime | None = None) -> int:
    """Throw away files nobody decided on, and delete those whose notices are forgotten; how many of those.

    A notice is deleted with its prefill (`services.prefills.forget`), and its rows with it.
    """
    moment = now or timezone.now()
    throw_away_old(before=moment - UNDECIDED)
    old = moment - dt.timedelta(days=settings.VISITOR_KEPT_DAYS)
    is_over = Q(applied_at__lt=old) | Q(discarded_at__lt=old)
    with transaction.atomic():
        pks = list(
            MoveInImport.objects.filter(is_over).exclude(items__move_in__isnull=False).values_list("pk", flat=True)
        )
        deleted, _by_model = MoveInImport.objects.filter(pk__in=pks).delete()
    return len(pks) if deleted else 0
