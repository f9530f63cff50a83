"""The one question at the end of a visit (0 to 10), counted for each procedure that was received."""

from django.db import transaction
from django.db.models import QuerySet

from applications.models import Application
from applications.services import ratings
from counter.models import Visit


def may_rate(visit: Visit) -> bool:
    """Whether there is something to look back on that nobody has rated. One query."""
    return _unrated(visit).exists()


def rate_visit(visit: Visit, score: int) -> None:
    """Keep the score for every procedure of the visit that has none. Twice is once; who answered is kept nowhere."""
    with transaction.atomic():
        # in one order: two taps at once count once
        for application in _unrated(visit).select_for_update(of=("self",), no_key=True).order_by("pk"):
            ratings.rate(application=application, score=score)


def _unrated(visit: Visit) -> QuerySet[Application]:
    sent = Application.objects.filter(visit_procedure__visit=visit, submitted_at__isnull=False, is_rated=False)
    return sent.select_related("procedure")
