"""What may be asked about a kind of notice."""

from notices.models import NoticeType
from notices.texts import has_section_of


def asks_for(notice_type: NoticeType, name: str) -> bool:
    """Whether the newest text of a kind of notice has a section that this value alone fills."""
    newest = notice_type.versions.order_by("-number").first()
    return newest is not None and has_section_of(newest.body, name)
