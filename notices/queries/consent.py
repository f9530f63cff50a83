"""What the end of somebody's consent to digital delivery means for notices that are on their way."""

from django.db.models import QuerySet

from notices.enums import NoticeState, PaperState
from notices.models import Notice
from residents.models import Resident
from residents.queries import row_ids_of


def not_opened_by_consent(resident: Resident) -> QuerySet[Notice]:
    """Notices that came digitally because the person agreed, are not opened and have no letter. Oldest first.

    Without those whose content is gone: there is nothing to print.
    """
    return (
        Notice.objects.filter(
            recipient__in=row_ids_of(resident),
            state=NoticeState.AVAILABLE,
            paper_state=PaperState.NONE,
            is_practice=False,
            wiped_at__isnull=True,
            version__notice_type__consent_required=True,
        )
        .select_related("department")
        .order_by("id")
    )
