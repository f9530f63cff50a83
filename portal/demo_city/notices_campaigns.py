"""Two mass notices: one that is over (opened, unopened, on paper, one that could not be made), one to be approved."""

import csv
import datetime as dt
import io
from collections.abc import Iterator, Mapping
from typing import Final

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from cityhall.models import User
from cityhall.services.work import claim_due
from notices.enums import CampaignSource, CampaignState
from notices.models import Campaign, Notice, NoticeType
from notices.services import campaigns, open_notice
from notices.services.issuing import newest_version
from notices.services.receipts import show_code
from notices.tasks import make_documents, run_campaigns
from portal.demo_city.accounts import load_parents
from portal.demo_city.worker import until_done
from residents.enums import ExternalIdKind
from residents.models import ExternalId, Resident

_POINTS: Final = "denshi-point"
_NURSERY: Final = "kodomoen-nyuen"
_ROWS: Final = 11
_OPENED: Final = (0, 3)
"""Which of the known people opened what they got; the first one also asked for her code."""
_UNKNOWN: Final = "9999999999"
_NO_GLYPH: Final = "\ue0ff"
"""A character of a department's own fonts (外字), as old lists have them: no font of ours can print it."""
_PARENTS_ONLINE: Final = {
    "who": {"all": [{"eq": [{"answer": "has_account"}, True]}]},
    "about": {"all": [{"gte": [{"answer": "age"}, 0]}, {"lte": [{"answer": "age"}, 4]}]},
}
_OF_ONE_CHILD: Final = "きょうだい"
"""What a notice chosen by a condition cannot say: its values are the same for all."""


def load_campaigns(heads: list[Resident]) -> None:
    """Make what is not there yet. Without the city's key the worker sends the first one later, and nobody opens it."""
    if heads and not Campaign.objects.filter(request_key="demo-points").exists():
        _send_points(heads)
    if heads and not Campaign.objects.filter(request_key="demo-nursery").exists():
        _hand_in_invitation()


def _send_points(heads: list[Resident]) -> None:
    handler, approver = _user("handler3"), _user("approver3")
    campaign = _campaign("demo-points", _POINTS, "健康ウォーキング 電子ポイント", CampaignSource.FILE, by=handler)
    content = _list_of_points().encode()
    campaigns.set_list(campaign=campaign, upload=SimpleUploadedFile("健康ウォーキング.csv", content), by=handler)
    same = {"受取期限": "令和9年1月31日", "使用期限": "令和9年3月31日"}
    campaigns.start_check(campaign=campaign, mapping=campaign.mapping, values=same, by=handler)
    if not _hand_in(campaign, by=handler):
        return
    campaigns.approve(campaign=campaign, by=approver)
    until_done(run_campaigns)
    if not settings.SIGNING_KEY_PATH.exists():
        return
    until_done(make_documents)
    # the worker looks again after ten seconds whether the documents are all there
    for claimed in claim_due(Campaign, now=timezone.now() + dt.timedelta(minutes=1)):
        campaigns.work_on(claimed)
    _open(campaign, heads)


def _hand_in_invitation() -> None:
    """Parents of small children who have an account are invited to apply for a nursery; chosen by a condition."""
    load_parents()
    handler = _user("handler")
    campaign = _campaign("demo-nursery", _NURSERY, "入園手続きのご案内 令和9年4月", CampaignSource.SEGMENT, by=handler)
    campaigns.set_segment(campaign=campaign, document=_PARENTS_ONLINE, by=handler)
    campaigns.start_check(campaign=campaign, mapping={}, values=_sample_of(campaign), by=handler)
    _hand_in(campaign, by=handler)


def _campaign(key: str, kind_key: str, name: str, source: CampaignSource, *, by: User) -> Campaign:
    kind = NoticeType.objects.select_related("department").get(key=kind_key)
    if kind.department is None:
        raise ValueError(f"{kind_key} belongs to no department")
    plan = campaigns.Plan(name, newest_version(kind), kind.department, source)
    return campaigns.create_campaign(plan=plan, by=by, request_key=key)


def _hand_in(campaign: Campaign, *, by: User) -> bool:
    """Have it checked and handed in, without the rows that cannot be sent; False in a city without such people."""
    until_done(run_campaigns)
    campaign.refresh_from_db()
    if campaign.campaign_state != CampaignState.CHECKED or not campaign.good_count:
        return False
    if campaign.doubtful_count:
        campaigns.leave_out_doubtful(campaign, by=by)
        campaign.refresh_from_db()
    campaigns.hand_in(campaign=campaign, scheduled_at=None, leaves_problems_out=True, by=by)
    return True


def _list_of_points() -> str:
    """The walkers, the people of the known households first; one number nobody has, one character nobody can print."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["宛名番号", "氏名", "ポイント数", "対象となる取組", "ポイント番号"])
    for place, (number, name) in enumerate(_walkers(), start=1):
        team = (
            f"健康ウォーキング（チーム「{_NO_GLYPH}風」）" if place == _ROWS else "健康ウォーキング（9月から11月まで）"
        )
        writer.writerow([number, name, "5,000" if place == 1 else "3,000", team, f"MDR-{place:04d}-{place * 7919:06d}"])
    writer.writerow([_UNKNOWN, "", "3,000", "健康ウォーキング（9月から11月まで）", "MDR-0099-000000"])
    return text.getvalue()


def _walkers() -> Iterator[tuple[str, str]]:
    """Resident number and name: heads of households, those with an account first."""
    numbers = ExternalId.objects.filter(kind=ExternalIdKind.RESIDENT_NUMBER, resident__relationship="世帯主")
    alive = numbers.filter(resident__died_on=None, resident__moved_out_on=None)
    with_account = alive.filter(resident__user__isnull=False).order_by("value")
    others = alive.filter(resident__user=None).order_by("value")
    for one in [*with_account.select_related("resident"), *others.select_related("resident")][:_ROWS]:
        yield one.value, one.resident.full_name


def _open(campaign: Campaign, heads: list[Resident]) -> None:
    sent = Notice.objects.filter(campaign=campaign, available_at__isnull=False)
    for place in _OPENED:
        head = heads[place] if place < len(heads) else None
        notice = sent.filter(recipient=head).first() if head else None
        if notice is None or head is None or head.user is None:
            continue
        open_notice(notice, by=head.user)
        if place == 0:
            show_code(notice, by=head.user)


def _sample_of(campaign: Campaign) -> Mapping[str, str]:
    names = [name for name in campaigns.wanted_names(campaign) if name != _OF_ONE_CHILD]
    return {name: campaign.version.sample[name] for name in names}


def _user(mailbox: str) -> User:
    return User.objects.get(email=f"{mailbox}@city.example.jp")
