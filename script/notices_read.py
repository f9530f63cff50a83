"""Residents of `check_notices`: who opens, by browser, by HTTP and by the service; who is reminded."""

import datetime as dt
import random
import secrets
from dataclasses import dataclass

import urllib3
from django.conf import settings
from django.utils import timezone
from notices_city import Inside, mails_wait
from notices_send import mails_to, wait_until
from playwright.sync_api import expect
from walk import PHONE, Walk

from benchmarks.people import cookies_of, signed_in
from notices.enums import NoticeState
from notices.models import Notice
from notices.services import open_notice
from notices.services.alerts.clock import is_quiet, remind_unopened

RESIDENT = "resident01@example.jp"
TITLE = "子育て世帯生活支援特別給付金の支給について"
SHARE = 0.4
MOST_BY_HTTP = 300
EVENING = dt.time(20, 30)


@dataclass(frozen=True)
class Visitor:
    """A signed-in browser as far as HTTP sees one, and the notice it will open."""

    notice: str
    cookie: str


def open_in_browser(walk: Walk) -> None:
    """On the phone: looking at the envelope is no opening, the button is."""
    page = walk.page(RESIDENT, size=PHONE)
    page.goto("/my/notices/")
    walk.picture(page, "inbox")
    page.get_by_role("link", name=TITLE).first.click()
    expect(page.locator("form[action$='/open/']")).to_be_visible()
    page.reload()
    page.locator("form[action$='/open/'] button").click()
    expect(page.locator(".letter")).to_be_visible()
    page.locator("form[action$='/confirm/'] button").click()
    expect(page.locator("form[action$='/confirm/']")).to_have_count(0)
    walk.picture(page, "opened")
    walk.say("住民: スマートフォンで封筒を見て（まだ未開封）、開封し、確認を押した")


def open_many(walk: Walk, inside: Inside, campaign: str, made: int) -> None:
    """40 % open: some hundred over HTTP with sessions of their own, the rest through the service."""
    count = round(made * SHARE) - 1
    by_http = min(MOST_BY_HTTP, count // 2)
    visitors, others = inside.do(_choose, campaign, count, by_http)
    pool = urllib3.PoolManager(retries=False)
    for visitor in visitors:
        _press(pool, walk.origin, visitor)
    inside.do(_open_all, others)
    opened = inside.do(_opened, campaign)
    if opened != count + 1:
        raise AssertionError(f"{opened} notices are open instead of {count + 1}")
    walk.say(
        f"住民: {opened:,}人（40%）が開封。画面で1人、サインインしたHTTPのPOSTで{len(visitors)}人、"
        f"残り{len(others):,}人はサービスを直接呼んだ"
    )


def remind(walk: Walk, inside: Inside, campaign: str) -> None:
    """The hours of the reminder are over (moved, nobody waits two days); each unopened one is told once more."""
    seen = len(walk.mails.mails)
    reminded = inside.do(_remind, campaign)
    wait_until(lambda: not inside.do(mails_wait))
    mails = mails_to(walk, "まだ開封されていないお知らせ", seen)
    if mails.total() != reminded or set(mails.values()) != {1}:
        raise AssertionError(f"{reminded} reminded, {mails.total()} mails, {mails.most_common(1)}")
    walk.say(f"再度のお知らせの時刻を動かすと、未開封の{reminded:,}人にだけ、メールが1通ずつ届いた")


def _choose(campaign: str, count: int, by_http: int) -> tuple[list[Visitor], list[int]]:
    unread = Notice.objects.filter(
        campaign__public_id=campaign, state=NoticeState.AVAILABLE, recipient__user__isnull=False
    )
    chosen = random.Random(7).sample(list(unread.order_by("id").values_list("pk", flat=True)), count)
    rows = Notice.objects.select_related("recipient__user").in_bulk(chosen[:by_http])
    visitors = [Visitor(row.public_id, cookies_of(signed_in(row.recipient.user))) for row in rows.values()]
    return visitors, chosen[by_http:]


def _press(pool: urllib3.PoolManager, origin: str, visitor: Visitor) -> None:
    token = secrets.token_hex(16)
    address = f"{origin}/my/notices/{visitor.notice}/"
    answer = pool.request(
        "POST",
        f"{address}open/",
        fields={"csrfmiddlewaretoken": token},
        encode_multipart=False,
        headers={"Cookie": f"{visitor.cookie}; {settings.CSRF_COOKIE_NAME}={token}", "Referer": address},
        redirect=False,
    )
    if answer.status != 302 or visitor.notice not in answer.headers.get("Location", ""):
        raise AssertionError(f"opening {visitor.notice}: {answer.status} {answer.headers.get('Location')}")


def _open_all(ids: list[int]) -> None:
    for notice in Notice.objects.filter(pk__in=ids).select_related("recipient__user"):
        if notice.recipient.user is None:
            raise AssertionError("nobody could open this")
        open_notice(notice, by=notice.recipient.user)


def _opened(campaign: str) -> int:
    return Notice.objects.filter(campaign__public_id=campaign, opened_at__isnull=False).count()


def _remind(campaign: str) -> int:
    """Make the reminders due, and call the clock as of a moment in the daytime: at night it tells nobody."""
    now = timezone.now()
    waiting = Notice.objects.filter(
        campaign__public_id=campaign, state=NoticeState.AVAILABLE, reminder_due_at__isnull=False, reminded_at=None
    )
    if is_quiet(now):
        evening = timezone.localtime(now).replace(hour=EVENING.hour, minute=EVENING.minute)
        now = evening if evening < now else evening - dt.timedelta(days=1)
    waiting.update(reminder_due_at=now)
    # the worker's own clock may take some of them first
    while remind_unopened(now=now):
        pass
    return Notice.objects.filter(campaign__public_id=campaign, reminded_at__isnull=False).count()


def open_late(walk: Walk, inside: Inside, campaign: str, count: int) -> None:
    """Some open when their letter is already due: they get none."""
    chosen = inside.do(_due_ones, campaign, count)
    inside.do(_open_all, chosen)
    if inside.do(_still_due, chosen):
        raise AssertionError("a letter is due for somebody who has opened")
    walk.say(f"住民: 郵送待ちになってから{len(chosen)}人が開封し、郵送から外れた")


def _due_ones(campaign: str, count: int) -> list[int]:
    due = Notice.objects.filter(
        campaign__public_id=campaign, state=NoticeState.AVAILABLE, paper_state="due", paper_required=False
    )
    return list(due.order_by("id").values_list("pk", flat=True)[:count])


def _still_due(ids: list[int]) -> bool:
    return Notice.objects.filter(pk__in=ids).exclude(paper_state="none").exists()
