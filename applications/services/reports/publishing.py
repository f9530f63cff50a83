"""What everybody may see of a report: words of the city, never the reporter's, and photos staff have looked at."""

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications.enums import ReportEventKind, ReportState
from applications.models import Report, ReportPhoto
from applications.services.reports.states import change, check_right
from cityhall.enums import FileState
from cityhall.errors import DomainError
from cityhall.models import User


class NotPublishable(DomainError):
    """Without words of the city, or as a duplicate, nothing is shown."""

    code = "not_publishable"
    message = _("公開するときは、公開する説明を入力してください。まとめた通報は公開できません。")


def publish(
    *,
    report: Report,
    is_public: bool,
    text: str,
    photos: Collection[str],
    by: User,
    now: dt.datetime | None = None,
) -> Report:
    """Show a report to everybody with this text and these photos (public ids), or to nobody.

    Photos that did not pass the check are not shown. Raises NotAllowed, NotPublishable, StaleState.
    """
    check_right(report, by)
    words = text.strip()
    if is_public and (not words or report.state == ReportState.DUPLICATE):
        raise NotPublishable
    shown = set(photos) if is_public else set()
    with transaction.atomic():
        change(
            report,
            event=ReportEventKind.PUBLISHED,
            by=by,
            note=words if is_public else "",
            now=now,
            is_public=is_public,
            public_text=words,
        )
        own = ReportPhoto.objects.filter(report=report)
        own.exclude(public_id__in=shown).update(is_public=False)
        own.filter(public_id__in=shown, file__state=FileState.CLEAN).update(is_public=True)
    return report
