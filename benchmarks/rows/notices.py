"""Mass notices: a list becomes notices, mails a second, letters a second, a large inbox, and who waits behind all that.

`BENCH_NOTICES` (100,000) is the length of the list, `BENCH_INBOX` (1,000,000) the notices in the table of the
inbox, `BENCH_LETTERS` (300) the documents, `BENCH_MAILS` (2,000) the mails, `BENCH_ALERTS` (30) how many single
notices are sent against the campaign.
"""

import csv
import io
import os
import smtplib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from benchmarks import campaign_letters, inboxes
from benchmarks.alerts import first_alert
from benchmarks.mail_servers import sink, transport
from benchmarks.measure import Row
from benchmarks.people import signed_in
from benchmarks.rows.documents import letters_a_second
from cityhall.models import User
from cityhall.services.work import claim_due
from notices.enums import CampaignSource, CampaignState
from notices.models import Campaign, DocumentJob, Notice, NoticeType, OutgoingMail
from notices.services import campaigns
from notices.services.issuing import newest_version
from notices.services.mail import make_mail
from notices.tasks import send_mails
from portal.demo_city.register import load_people
from residents.enums import ExternalIdKind
from residents.models import ExternalId

ROWS = int(os.environ.get("BENCH_NOTICES", "100000"))
INBOX = int(os.environ.get("BENCH_INBOX", "1000000"))
SMALL_INBOX = 10_000
MAILS = int(os.environ.get("BENCH_MAILS", "2000"))
AIM_ROWS, AIM_INBOX, AIM_ALERT = 10_000, 1.3, 10
AIM_LETTER = 25
"""Milliseconds: eighty letters a second on two cores."""
KNOWN_SYSTEM = 167
"""Notices a second of a national system, by its own account."""
KIND = "seikatsu-shien-kyufukin"


def rows(var: Path) -> Iterator[Row]:
    """Every figure with its yardstick. The campaign of the first row is what the last one has to get past."""
    yield from _import_rows(var)
    yield _documents_row()
    yield _mail_row(var)
    yield from letters_a_second()
    yield _inbox_row()
    yield _alert_row(var)


def _import_rows(var: Path) -> Iterator[Row]:
    load_people(number=ROWS + 2000, seed=1)
    content = _list_of(ROWS)
    _analyze()
    campaign, spent = _send(content)
    count = Notice.objects.filter(campaign=campaign).count()
    if count != campaign.made_count or count < ROWS * 0.9:
        raise RuntimeError(f"{count} notices of {ROWS} rows, {campaign.made_count} counted")
    copied = _copy_again(var, campaign)
    ours, floor = ROWS / (spent.checked + spent.made), count / copied
    yield Row(
        f"a list of {ROWS:,} rows → stored notices",
        f"{ours:,.0f} rows/s (check {ROWS / spent.checked:,.0f}, notices {count / spent.made:,.0f}; "
        f"{ROWS / spent.processor:,.0f} a second of our own processor time)",
        f"{floor:,.0f} rows/s (COPY of the same rows, with the same indexes); a known system {KNOWN_SYSTEM}",
        f"{ours / floor:.2f}",
        f"≥ {AIM_ROWS:,}/s",
        ours >= AIM_ROWS,
    )


def _list_of(count: int) -> bytes:
    """Resident number, name and three values for each of so many people who live here."""
    people = ExternalId.objects.filter(
        kind=ExternalIdKind.RESIDENT_NUMBER, resident__died_on=None, resident__moved_out_on=None
    )
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["宛名番号", "氏名", "支給額", "振込口座", "対象の子ども"])
    named = people.order_by("value").values_list("value", "resident__full_name")[:count]
    for number, name in named.iterator():
        writer.writerow(
            [number, name, "50,000", f"みどり銀行 緑野支店 普通 末尾 *{number[-3:]}", f"{name}さんのお子さま"]
        )
    return text.getvalue().encode()


@dataclass(frozen=True)
class _Spent:
    """Seconds from the file to checked rows, from approved rows to stored notices, and of our processor for both."""

    checked: float
    made: float
    processor: float


def _send(content: bytes) -> tuple[Campaign, _Spent]:
    """A campaign with this list, as far as the worker is that writes notices."""
    kind = NoticeType.objects.select_related("department").get(key=KIND)
    handler, approver = (User.objects.get(email=f"{who}@city.example.jp") for who in ("handler", "approver"))
    if kind.department is None:
        raise RuntimeError(f"{KIND} belongs to no department")
    plan = campaigns.Plan("bench", newest_version(kind), kind.department, CampaignSource.FILE)
    campaign = campaigns.create_campaign(plan=plan, by=handler, request_key=f"bench-{time.time_ns()}")
    started, processor = time.perf_counter(), time.process_time()
    campaigns.set_list(campaign=campaign, upload=SimpleUploadedFile("list.csv", content), by=handler)
    same = {"一人の額": "50,000", "振込予定日": "令和8年12月25日", "届出期限": "令和8年12月11日"}
    campaigns.start_check(campaign=campaign, mapping=campaign.mapping, values=same, by=handler)
    _work(campaign, CampaignState.CHECKED)
    checked, processor = time.perf_counter() - started, time.process_time() - processor
    if campaign.doubtful_count:
        campaigns.leave_out_doubtful(campaign, by=handler)
    campaigns.hand_in(campaign=campaign, scheduled_at=None, leaves_problems_out=True, by=handler)
    campaigns.approve(campaign=campaign, by=approver)
    started, before = time.perf_counter(), time.process_time()
    while campaign.made_count + campaign.failed_count < campaign.good_count:
        _slice(campaign)
    processor += time.process_time() - before
    return campaign, _Spent(checked, time.perf_counter() - started, processor)


def _work(campaign: Campaign, until: CampaignState) -> None:
    while campaign.campaign_state != until:
        _slice(campaign)
        if campaign.campaign_state == CampaignState.REFUSED:
            raise RuntimeError(campaign.refusal)


def _slice(campaign: Campaign) -> None:
    """One slice as the worker does it."""
    for claimed in claim_due(Campaign, now=timezone.now()):
        campaigns.work_on(claimed)
    campaign.refresh_from_db()


def _copy_again(var: Path, campaign: Campaign) -> float:
    """Seconds that COPY takes for the same notices, made before, into a table with the same constraints and indexes."""
    file = var / "notices.copy"
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_notice")
        cursor.execute("CREATE TABLE bench_notice (LIKE notices_notice INCLUDING ALL EXCLUDING IDENTITY)")
        chosen = f"SELECT * FROM notices_notice WHERE campaign_id = {campaign.pk:d}"
        with file.open("wb") as out, cursor.copy(f"COPY ({chosen}) TO STDOUT") as copy:
            for block in copy:
                out.write(block)
        started = time.perf_counter()
        with file.open("rb") as source, cursor.copy("COPY bench_notice FROM STDIN") as copy:
            while block := source.read(1 << 20):
                copy.write(block)
        spent = time.perf_counter() - started
        cursor.execute("DROP TABLE bench_notice")
    file.unlink()
    return spent


def _documents_row() -> Row:
    """One worker, all in, beside the same letters set and signed with nothing around them."""
    campaign = Campaign.objects.filter(name="bench").latest("id")
    ours, floor = campaign_letters.all_in(campaign), campaign_letters.alone(campaign)
    return Row(
        f"{ours.count} documents of the campaign by one worker: claimed, set, signed, stored, delivered",
        f"{ours.milliseconds:.1f} ms of processor time a letter ({ours.count / ours.seconds:.1f}/s by the clock)",
        f"{floor.milliseconds:.1f} ms (set and signed alone)",
        f"{ours.milliseconds / floor.milliseconds:.2f}",
        f"≤ {AIM_LETTER} ms",
        ours.milliseconds <= AIM_LETTER,
    )


def _mail_row(var: Path) -> Row:
    with sink(var) as port:
        loop = _bare_loop(port)
        with transport(port):
            OutgoingMail.objects.filter(finished_at=None).update(state="done", finished_at=timezone.now())
            OutgoingMail.objects.bulk_create(_mail(place) for place in range(MAILS))
            started = time.perf_counter()
            while send_mails():
                pass
            ours = MAILS / (time.perf_counter() - started)
    sent = OutgoingMail.objects.filter(to__startswith="bench-", state="done").count()
    if sent < MAILS:
        raise RuntimeError(f"{sent} of {MAILS} mails went out")
    return Row(
        f"{MAILS:,} mails to a local SMTP server, one worker",
        f"{ours:,.0f}/s, each with its own lease and record",
        f"{loop:,.0f}/s (a bare smtplib loop over one connection)",
        f"{ours / loop:.2f}",
        "-",
        True,
    )


def _mail(place: int) -> OutgoingMail:
    text = "緑野市 子育て支援課からのお知らせが届いています。\n\nマイページを開いてください。\n" * 5
    return make_mail(to=f"bench-{place}@example.jp", subject="【緑野市】お知らせが届いています", body=text)


def _bare_loop(port: int) -> float:
    """Mails a second of the same size over one connection, without a database."""
    from django.core.mail import EmailMessage

    mails = [_mail(place) for place in range(MAILS)]
    messages = [EmailMessage(mail.subject, mail.body, mail.from_email, [mail.to]).message() for mail in mails]
    with smtplib.SMTP("127.0.0.1", port) as server:
        started = time.perf_counter()
        for mail, message in zip(mails, messages, strict=True):
            server.sendmail("city@example.jp", [mail.to], message.as_bytes(linesep="\r\n"))
        return MAILS / (time.perf_counter() - started)


def _inbox_row() -> Row:
    owner = User.objects.get(email="resident01@example.jp")
    client: Client = signed_in(owner)
    inboxes.fill(SMALL_INBOX)
    small = inboxes.p95(client)
    inboxes.fill(INBOX)
    large = inboxes.p95(client)
    ratio = large / small
    return Row(
        f"inbox, {INBOX:,} notices",
        f"p95 {large * 1000:.1f} ms",
        f"p95 {small * 1000:.1f} ms at {SMALL_INBOX:,}",
        f"{ratio:.2f}",
        f"≤ {AIM_INBOX}",
        ratio <= AIM_INBOX,
    )


def _alert_row(var: Path) -> Row:
    """Single notices while the campaign's documents are being made."""
    left = DocumentJob.objects.filter(finished_at=None).count()
    found = first_alert(var)
    still = DocumentJob.objects.filter(finished_at=None).count()
    if not still:
        raise RuntimeError("the campaign was over before the measurement was")
    return Row(
        f"commit of a single notice → its mail at the server, {left:,} documents of a campaign waiting",
        f"p95 {found.p95:.1f} s, median {found.median:.1f} s, worst {found.worst:.1f} s ({found.count} notices)",
        f"{(left - still) / found.seconds:,.1f} documents/s of the campaign meanwhile",
        "-",
        f"< {AIM_ALERT} s",
        found.p95 < AIM_ALERT,
    )


def _analyze() -> None:
    with connection.cursor() as cursor:
        # what autovacuum does within a minute
        cursor.execute("ANALYZE")
