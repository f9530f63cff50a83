"""Mails to those who reported. They say that something happened and where to read it, never what was reported."""

import datetime as dt
from enum import StrEnum, auto

from django.db.models import Q
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.models import Report
from applications.report_links import code_of, page_url
from cityhall.queries.city import municipality
from cityhall.references import format_number
from notices.services.mail import queue_mail


class Occasion(StrEnum):
    """What the reporter is told of."""

    RECEIVED = auto()
    STARTED = auto()
    ANSWERED = auto()
    CLOSED = auto()
    REOPENED = auto()
    MERGED = auto()


# as with applications: read over shoulders, it says neither what nor where
_WORDS: dict[Occasion, tuple[Promise, Promise]] = {
    Occasion.RECEIVED: (
        gettext_lazy("通報を受け付けました"),
        gettext_lazy("通報を受け付けました。ありがとうございます。"),
    ),
    Occasion.STARTED: (gettext_lazy("通報への対応を始めました"), gettext_lazy("通報への対応を始めました。")),
    Occasion.ANSWERED: (gettext_lazy("通報について回答があります"), gettext_lazy("市から回答があります。")),
    Occasion.CLOSED: (gettext_lazy("通報への対応が終わりました"), gettext_lazy("通報への対応が終わりました。")),
    Occasion.REOPENED: (gettext_lazy("通報への対応を再開しました"), gettext_lazy("通報への対応を再開しました。")),
    Occasion.MERGED: (
        gettext_lazy("通報についてお知らせがあります"),
        gettext_lazy("同じ内容の通報と、まとめて対応することになりました。"),
    ),
}


def tell_reporters(report: Report, occasion: Occasion, *, now: dt.datetime | None = None) -> None:
    """Queue one mail to each who reported this, duplicates included, in the caller's transaction.

    Each gets the number and the link of their own report, which opens it: nobody has an account here.
    """
    same = Report.objects.filter(Q(pk=report.pk) | Q(merged_into=report)).exclude(reporter_email="")
    for row in same.select_related("department").order_by("pk"):
        tell_reporter(row, occasion, now=now)


def tell_reporter(report: Report, occasion: Occasion, *, now: dt.datetime | None = None) -> None:
    """The same to the reporter of one report only; nothing without an address."""
    if not report.reporter_email:
        return
    city = municipality()
    subject, sentence = _WORDS[occasion]
    body = render_to_string(
        "applications/mail/report.txt",
        {
            "city": city,
            "department": report.department,
            "number": format_number(report.number),
            "code": code_of(report),
            "sentence": sentence,
            "url": page_url(report),
        },
    )
    queue_mail(
        to=report.reporter_email,
        subject=_("【%(city)s】%(subject)s") % {"city": city.name, "subject": subject},
        body=body,
        sensitive=True,
        now=now,
    )
