"""Procedures as other cities may have them."""

from django.db.models import Q

from applications.enums import ProcedureMode
from applications.models import Procedure
from applications.models.procedure import ProcedureQuerySet
from applications.queries.designing import designable
from applications.surveys import KEY_PREFIX
from cityhall.models import User


def exportable() -> ProcedureQuerySet:
    """Guides, and procedures whose form was published, with all that a file says of them: two queries."""
    return _whole(Procedure.objects.all())


def exportable_by(user: User) -> ProcedureQuerySet:
    """The same of the departments whose procedures the person builds; administrators: of all."""
    return _whole(designable(user))


def _whole(rows: ProcedureQuerySet) -> ProcedureQuerySet:
    has_content = Q(mode=ProcedureMode.GUIDE_ONLY) | Q(current_version__isnull=False)
    related = ("department", "current_version", "approval_notice_type", "refusal_notice_type")
    # the questions of an internal survey are nobody else's
    offered = rows.filter(has_content).exclude(key__startswith=KEY_PREFIX)
    return offered.select_related(*related).prefetch_related("life_events").order_by("key")
