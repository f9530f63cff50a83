"""The city of `check_notices`: who has an account, a list of them with every fault there is, and what the tables say.

Everything here runs inside the product's own code, in a thread of its own (`Inside`): the thread of the browser has a
running loop, in which Django refuses to touch the database. Import it after Django is set up.
"""

import csv
import datetime as dt
import io
import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max
from django.utils import timezone

from cityhall.days import today
from cityhall.ids import public_id
from cityhall.models import Department, User
from notices.enums import CampaignState, NoticeState, PaperState, RowState
from notices.models import Campaign, CampaignRow, LetterRun, Notice, OutgoingMail, ReceiptEvent
from portal.demo_city.register import load_people
from residents.bulk import insert_rows
from residents.enums import ConsentKind, ExternalIdKind
from residents.models import Consent, ExternalId, Resident

KIND = "seikatsu-shien-kyufukin"
DEPARTMENT = "kosodate"
HEADINGS = ("宛名番号", "氏名", "生年月日", "住所", "支給額", "振込口座", "対象の子ども", "備考")
SAME = {"一人の額": "50,000", "振込予定日": "令和8年12月25日", "届出期限": "令和8年12月11日"}
REFUSED = ("wrong day of birth", "dead", "empty amount", "unknown number", "twice")
DOUBTFUL = ("moved away", "another address")
WITH_ACCOUNT, WITH_CONSENT = 7, 6
"""Of ten people."""


class Inside:
    """One thread with the product's own connection."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1)

    def do(self, act: Callable[..., Any], *arguments: Any) -> Any:
        return self._thread.submit(act, *arguments).result()


@dataclass(frozen=True)
class List:
    """The file that the department brings, and what must come out of checking it."""

    content: bytes
    good: int
    doubtful: int
    problems: int
    faults: int


def make_list(rows: int) -> List:
    """Fill the city, give most people an account, and write the list. Deaths and moves go into the register."""
    number = max(2, rows // 100)
    load_people(number=rows + rows // 20 + 100, seed=1)
    people = _plain_people(rows - 2 * number)
    _open_accounts([person for _number, person in people])
    dice = random.Random(6)
    # the known people come first: they are right, one of them is opened in the browser
    faulty = dice.sample(range(20, len(people)), 5 * number)
    own = [kind for kind in (*REFUSED[:3], *DOUBTFUL) for _time in range(number)]
    fault_of = dict(zip(faulty, own, strict=True))
    _register_changes(people, fault_of)
    lines = [_line(*one, fault_of.get(place, "")) for place, one in enumerate(people)]
    right = [place for place in range(len(people)) if place not in fault_of]
    lines += [_line(*people[place], "") for place in dice.sample(right, number)]
    lines += [[f"99{place:08d}", *lines[place][1:]] for place in range(number)]
    for line in lines[-number:]:
        line[1] = "住民 不明"
    dice.shuffle(lines)
    text = io.StringIO()
    csv.writer(text).writerows([list(HEADINGS), *lines])
    return List(text.getvalue().encode("utf-8-sig"), len(right), 2 * number, 5 * number, number)


def _plain_people(count: int) -> list[tuple[str, Resident]]:
    found = ExternalId.objects.filter(
        kind=ExternalIdKind.RESIDENT_NUMBER,
        resident__died_on=None,
        resident__moved_out_on=None,
        resident__protected_until=None,
        resident__birth_date__isnull=False,
    )
    rows = found.select_related("resident").order_by("value")[:count]
    return [(one.value, one.resident) for one in rows]


def _line(number: str, person: Resident, fault: str) -> list[str]:
    birth = "1985-13-45" if fault == "wrong day of birth" else str(person.birth_date)
    address = f"{person.prefecture}{person.city}{person.town}{person.street}"
    if fault == "another address":
        number, address = "", "東京都緑野市緑町9丁目99番99号"
    amount = "" if fault == "empty amount" else "50,000"
    account = "みどり銀行 緑野支店 普通 末尾 *567"
    return [number, person.full_name, birth, address, amount, account, f"{person.full_name}さんのお子さま", ""]


def _register_changes(people: list[tuple[str, Resident]], fault_of: dict[int, str]) -> None:
    for fault, column in (("dead", "died_on"), ("moved away", "moved_out_on")):
        ids = [people[place][1].pk for place, kind in fault_of.items() if kind == fault]
        Resident.objects.filter(pk__in=ids).update(**{column: today() - dt.timedelta(days=9)})


def _open_accounts(people: list[Resident]) -> None:
    """Written directly: nobody waits for thousands of registrations. Those of the demo stay as they are."""
    new = [one for place, one in enumerate(people) if one.user_id is None and place % 10 < WITH_ACCOUNT]
    now = timezone.now()
    users = User.objects.bulk_create(
        User(email=f"p{one.pk}@example.jp", name=one.full_name[:100], email_verified_at=now, password="!")
        for one in new
    )
    for one, user in zip(new, users, strict=True):
        one.user = user
    Resident.objects.bulk_update(new, ["user"], batch_size=200)
    consents = (
        {"resident_id": one.pk, "kind": ConsentKind.DIGITAL_NOTICE, "text_version": "2026-04", "is_given": True,
         "at": now, "by_id": one.user_id}
        for place, one in enumerate(new) if place % WITH_ACCOUNT < WITH_CONSENT
    )  # fmt: skip
    insert_rows(Consent, consents)


def names_of_kind() -> tuple[str, str]:
    """What the pages call the kind of notice and the department."""
    version = Campaign._meta.get_field("version").related_model.objects.filter(notice_type__key=KIND).first()
    if version is None:
        raise AssertionError(f"the catalogue has no {KIND}")
    return version.notice_type.name, Department.objects.get(code=DEPARTMENT).name


@dataclass(frozen=True)
class Stand:
    """How far a campaign is."""

    state: CampaignState
    made: int
    documents: int
    seconds: float
    """From the approval to the last document."""
    refusal: str


def stand_of(campaign_id: str) -> Stand:
    campaign = Campaign.objects.get(public_id=campaign_id)
    ready = Notice.objects.filter(campaign=campaign).aggregate(count=Count("available_at"), last=Max("available_at"))
    seconds = (ready["last"] - campaign.sending_at).total_seconds() if ready["last"] and campaign.sending_at else 0.0
    state = CampaignState(campaign.campaign_state)
    return Stand(state, campaign.made_count, ready["count"], seconds, campaign.refusal)


def counts_of(campaign_id: str) -> dict[str, int]:
    """Rows by state as the tables have them, and what the campaign itself counted."""
    campaign = Campaign.objects.get(public_id=campaign_id)
    found = Counter(campaign.rows.values_list("state", flat=True))
    own = {"good": campaign.good_count, "doubtful": campaign.doubtful_count, "problem": campaign.problem_count}
    if any(found[name] != count for name, count in own.items()) and campaign.campaign_state == CampaignState.CHECKED:
        raise AssertionError(f"the campaign counted {own}, its rows are {found}")
    return {"all": campaign.rows_count, **found}


def mails_wait() -> bool:
    return OutgoingMail.objects.filter(finished_at=None).exists()


def addresses_of(campaign_id: str) -> list[str]:
    """Of everybody with an account to whom a notice was made."""
    notices = Notice.objects.filter(campaign__public_id=campaign_id, recipient__user__email__isnull=False)
    return list(notices.values_list("recipient__user__email", flat=True))


def run_state(run_id: str) -> str:
    run = LetterRun.objects.get(public_id=run_id)
    return "failed" if run.failed_for_good() else run.run_state


def letters_due(campaign_id: str) -> int:
    return Notice.objects.filter(campaign__public_id=campaign_id, paper_state=PaperState.DUE).count()


def some_posted(campaign_id: str, count: int) -> list[tuple[str, str, str]]:
    """Id, number and hash of notices whose letter was posted."""
    posted = Notice.objects.filter(campaign__public_id=campaign_id, paper_state=PaperState.POSTED)
    return list(posted.order_by("id").values_list("public_id", "number", "sha256")[:count])


def new_key() -> str:
    return public_id()


def final_states(campaign_id: str) -> Counter[str]:
    """Every row of the list under the one thing that became of it."""
    rows = CampaignRow.objects.filter(campaign__public_id=campaign_id).values_list(
        "state", "notice__state", "notice__paper_state"
    )
    return Counter(_final(*row) for row in rows.iterator())


def _final(row: str, notice: str | None, paper: str | None) -> str:
    if row != RowState.MADE:
        return row if row in (RowState.LEFT_OUT, RowState.FAILED, RowState.CANCELLED) else "unfinished"
    if paper in (PaperState.POSTED, PaperState.RETURNED):
        return str(paper)
    is_read = notice in (NoticeState.OPENED, NoticeState.CONFIRMED)
    return "opened" if is_read and paper == PaperState.NONE else "unfinished"


def events_of(campaign_id: str) -> Counter[str]:
    """Evidence of all notices by kind."""
    events = ReceiptEvent.objects.filter(notice__campaign__public_id=campaign_id)
    return Counter(events.values_list("kind", flat=True))
