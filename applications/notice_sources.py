"""Which notices have to do with a procedure: for people who hold a mandate for some procedures only."""

from collections.abc import Sequence

from django.db.models import Q

from applications.models import Application
from applications.queries.cases import SOURCE_TYPE
from notices.sources import procedure_links

_KINDS = ("procedure", "survey")


def register_notice_sources() -> None:
    """Called once, from `AppConfig.ready`."""
    procedure_links.register("applications", notices_of)


def notices_of(keys: Sequence[str], rows: Sequence[int]) -> Q:
    """Notices whose button opens one of the procedures, and those that answer a case of the person in one of them."""
    cases = Application.objects.filter(resident__in=rows, procedure__key__in=keys).order_by().values("public_id")
    return Q(action_kind__in=_KINDS, action_target__in=keys) | Q(source_type=SOURCE_TYPE, source_id__in=cases)
