"""What may be read of notices, and by whom."""

from django.db.models import QuerySet

from notices.models import Notice


def of_source(source_type: str, source_id: str) -> QuerySet[Notice]:
    """Notices that answer one thing of another app (a case), newest first, with what a list shows."""
    return (
        Notice.objects.filter(source_type=source_type, source_id=source_id)
        .select_related("version__notice_type", "document")
        .order_by("-id")
    )
