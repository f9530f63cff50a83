"""A worker killed with kill -9 anywhere in a campaign: at the end every row is final, and nothing was made twice."""

import csv
import io
import random
from collections import Counter

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from cityhall.ids import public_id
from cityhall.services.work import claim_due
from notices.enums import CampaignSource, CampaignState, RowState
from notices.models import Campaign, DocumentJob, Notice, NoticeType, NoticeTypeVersion
from notices.services import campaigns
from residents.bulk import insert_rows
from residents.models import ExternalId, Resident
from tests import killing

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = 10_000
BATCH = 250
KILLS = 20
# works on what is due until it is killed, in small batches so that kills fall between and inside them
SCRIPT = """
import sys
import django
django.setup()
from notices.models import Campaign
from notices.services import campaigns
from notices.services.campaigns import cancelling, checking, making
from cityhall.services.work import claim_due
checking.BATCH = making.BATCH = cancelling.BATCH = int(sys.argv[1])
print("ready", flush=True)
while claimed := claim_due(Campaign):
    campaigns.work_on(claimed[0], seconds=60)
"""


@pytest.fixture
def kind(municipality, department):
    found = NoticeType.objects.create(key="k", name="検診のお知らせ", category="new", consent_required=False)
    NoticeTypeVersion.objects.create(notice_type=found, number=1, title="検診", body="((recipient_name)) 様 ((day))")
    return found


@pytest.fixture
def city_of_many(db):
    """People with a number each; every hundredth has died."""
    day = timezone.now().date()
    insert_rows(
        Resident,
        (
            {
                "public_id": public_id(),
                "source": "register",
                "full_name": f"住民 {place}",
                "died_on": None if place % 100 else day,
            }
            for place in range(ROWS)
        ),
    )
    ids = Resident.objects.filter(source="register").order_by("pk").values_list("pk", flat=True)
    insert_rows(
        ExternalId,
        ({"resident_id": pk, "kind": "resident_number", "value": f"{place:06d}"} for place, pk in enumerate(ids)),
    )


@pytest.fixture
def checking(kind, department, handler, city_of_many):
    """A list that waits for the worker: every fiftieth person is unknown, every seventy-seventh comes twice."""
    plan = campaigns.Plan("検診", kind.versions.get(), department, CampaignSource.FILE)
    campaign = campaigns.create_campaign(plan=plan, by=handler, request_key="k")
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["宛名番号", "day"])
    for place in range(ROWS):
        number = f"{place - 1:06d}" if place % 77 == 76 else f"x{place}" if place % 50 == 49 else f"{place:06d}"
        writer.writerow([number, "1月11日"])
    upload = SimpleUploadedFile("list.csv", text.getvalue().encode())
    campaigns.set_list(campaign=campaign, upload=upload, by=handler)
    campaigns.start_check(campaign=campaign, mapping=campaign.mapping, values={}, by=handler)
    return campaign


def kill_somewhere(dice, longest):
    """Let a worker begin, and kill it after a while; whether it was still at work."""
    worker = killing.start(SCRIPT, str(BATCH))
    assert worker.line() == "ready"
    return worker.kill(after=dice.uniform(0, longest))


def let_leases_end():
    Campaign.objects.filter(claim_id__isnull=False).update(due_at=timezone.now(), lease_until=timezone.now())


def finish_by_hand():
    let_leases_end()
    while claimed := claim_due(Campaign):
        campaigns.work_on(claimed[0], seconds=60)


def test_twenty_kills_leave_every_row_in_one_final_state(checking, handler, approver):
    dice, kills = random.Random(6), 0
    for _time in range(KILLS // 2):
        kills += kill_somewhere(dice, 0.3)
        let_leases_end()
    finish_by_hand()
    campaign = Campaign.objects.get()
    assert campaign.campaign_state == CampaignState.CHECKED
    assert campaign.rows_count == campaign.rows.count() == ROWS
    found = Counter(campaign.rows.values_list("state", flat=True))
    assert (found["good"], found["problem"]) == (campaign.good_count, campaign.problem_count)
    assert sum(found.values()) == ROWS
    campaigns.hand_in(campaign=campaign, scheduled_at=None, leaves_problems_out=True, by=handler)
    campaigns.approve(campaign=campaign, by=approver)
    for _time in range(KILLS // 2):
        kills += kill_somewhere(dice, 0.3)
        let_leases_end()
    finish_by_hand()
    DocumentJob.objects.update(state="done", finished_at=timezone.now())
    Campaign.objects.update(due_at=timezone.now())
    finish_by_hand()
    campaign.refresh_from_db()
    assert campaign.campaign_state == CampaignState.DONE
    final = Counter(campaign.rows.values_list("state", flat=True))
    assert set(final) == {RowState.MADE, RowState.LEFT_OUT}
    assert final[RowState.MADE] == campaign.made_count == Notice.objects.count() == DocumentJob.objects.count()
    assert Notice.objects.values("recipient", "subject").distinct().count() == campaign.made_count
    assert kills >= KILLS // 2


def test_a_campaign_cancelled_half_way_adds_up_though_its_worker_is_killed(checking, handler, approver):
    finish_by_hand()
    campaign = Campaign.objects.get()
    campaigns.hand_in(campaign=campaign, scheduled_at=None, leaves_problems_out=True, by=handler)
    campaigns.approve(campaign=campaign, by=approver)
    dice = random.Random(7)
    kill_somewhere(dice, 1.0)
    campaign.refresh_from_db()
    campaigns.cancel(campaign=campaign, by=handler)
    for _time in range(3):
        kill_somewhere(dice, 0.5)
        let_leases_end()
    finish_by_hand()
    campaign.refresh_from_db()
    final = Counter(campaign.rows.values_list("state", flat=True))
    assert set(final) <= {RowState.CANCELLED, RowState.LEFT_OUT}
    assert sum(final.values()) == ROWS
    assert campaign.made_count == 0
    assert set(Notice.objects.values_list("state", flat=True)) <= {"withdrawn"}
    assert DocumentJob.objects.exclude(state="done").count() == 0
