"""What becomes of a list that was approved: made, paused, cancelled, tried again, begun at its time."""

import datetime as dt

import pytest
from django.db.models import F
from django.db.models.signals import post_save
from django.utils import timezone

from cityhall.enums import WorkState
from cityhall.ids import public_id
from cityhall.models import StoredFile
from cityhall.services.work import claim_due
from notices.enums import CampaignState, RowState
from notices.models import Campaign, CampaignEvent, CampaignRow, DocumentJob, Notice
from notices.services import campaigns
from notices.services.documents import make_document
from notices.tasks import run_campaigns
from tests.notices.campaignkit import GOOD, HEAD, make_documents, packed, states_of, upload
from tests.notices.kit import drain

pytestmark = pytest.mark.django_db


def test_notices_are_made_with_all_that_the_kind_says(sending, people, handler):
    campaign = sending()
    drain(run_campaigns)
    campaign.refresh_from_db()
    assert (campaign.campaign_state, campaign.made_count) == (CampaignState.SENDING, 2)
    notice = Notice.objects.get(subject=people["0002"])
    assert (notice.recipient, notice.campaign, notice.created_by) == (people["0001"], campaign, handler)
    assert notice.title == "高橋 一葉さんの就学援助について"
    assert "12,000円" in notice.body
    assert (notice.inbox_category, notice.action_kind, notice.action_target) == ("children", "procedure", "shugaku")
    assert notice.action_values == {"child": "高橋 一葉"}
    assert (notice.source_type, notice.source_id, notice.source_label) == (
        "campaign",
        campaign.public_id,
        campaign.name,
    )
    assert notice.keep_until is not None
    assert notice.request_key == f"campaign-{campaign.pk}-2"
    assert notice.recipient_address == "東京都緑野市緑町3-30-8"
    assert set(DocumentJob.objects.values_list("lane", "state")) == {("bulk", "queued")}
    row = campaign.rows.get(position=2)
    assert (row.state, row.notice, row.values) == (RowState.MADE, notice, {})


def test_a_campaign_is_done_when_every_document_is(sending):
    campaign = sending([*GOOD, ["9999", "", "", "", "1円"]])
    drain(run_campaigns)
    campaign.refresh_from_db()
    assert campaign.campaign_state == CampaignState.SENDING
    make_documents(campaign)
    Campaign.objects.update(due_at=timezone.now())
    drain(run_campaigns)
    campaign.refresh_from_db()
    assert (campaign.campaign_state, campaign.state, campaign.file) == (CampaignState.DONE, WorkState.DONE, None)
    assert set(campaign.rows.values_list("state", flat=True)) == {RowState.MADE, RowState.LEFT_OUT}
    assert campaign.rows.get(state=RowState.LEFT_OUT).typed == {}


def test_somebody_who_died_after_the_check_gets_nothing(sending, people, handler):
    campaign = sending()
    type(people["0001"]).objects.filter(pk=people["0001"].pk).update(died_on=dt.date(2026, 11, 1))
    drain(run_campaigns)
    campaign.refresh_from_db()
    assert (campaign.made_count, campaign.failed_count) == (1, 1)
    assert "死亡が登録されました" in campaign.rows.get(state=RowState.FAILED).problem


def test_only_what_failed_is_tried_again(sending, people, handler):
    campaign = sending()
    residents = type(people["0001"]).objects.filter(pk=people["0001"].pk)
    residents.update(died_on=dt.date(2026, 11, 1))
    drain(run_campaigns)
    make_documents(campaign)
    Campaign.objects.update(due_at=timezone.now())
    drain(run_campaigns)
    residents.update(died_on=None)
    campaign.refresh_from_db()
    first = set(Notice.objects.values_list("pk", flat=True))
    assert campaigns.resend_failed(campaign=campaign, by=handler) == 1
    drain(run_campaigns)
    campaign.refresh_from_db()
    assert DocumentJob.objects.count() == Notice.objects.count()
    assert (campaign.made_count, campaign.failed_count) == (2, 0)
    assert first < set(Notice.objects.values_list("pk", flat=True))


def test_a_paused_campaign_makes_nothing_until_it_goes_on(sending, handler):
    campaign = sending()
    campaigns.pause(campaign=campaign, by=handler)
    drain(run_campaigns)
    assert Notice.objects.count() == 0
    campaigns.resume(campaign=campaign, by=handler)
    drain(run_campaigns)
    assert Notice.objects.count() == 2


def test_documents_of_a_paused_campaign_wait(sending, handler):
    campaign = sending()
    drain(run_campaigns)
    campaign.refresh_from_db()
    campaigns.pause(campaign=campaign, by=handler)
    due = DocumentJob.objects.filter(due_at__lte=timezone.now() + dt.timedelta(days=365))
    assert due.count() == 0
    campaigns.resume(campaign=campaign, by=handler)
    assert due.count() == 2


def test_a_cancelled_campaign_leaves_every_row_in_a_final_state(sending, handler, city_key):
    campaign = sending()
    drain(run_campaigns)
    campaign.refresh_from_db()
    [job] = claim_due(DocumentJob)
    make_document(job)
    campaigns.cancel(campaign=campaign, by=handler, reason="金額の誤り")
    drain(run_campaigns)
    campaign.refresh_from_db()
    assert (campaign.campaign_state, campaign.state) == (CampaignState.CANCELLED, WorkState.DONE)
    assert list(campaign.rows.order_by("position").values_list("state", flat=True)) == ["made", "cancelled"]
    assert list(campaign.notices.order_by("pk").values_list("state", flat=True)) == ["available", "withdrawn"]
    assert campaign.made_count == 1
    assert campaign.notices.get(state="withdrawn").receipts.get().kind == "withdrawn"
    assert (
        DocumentJob.objects.filter(notice__campaign=campaign, finished_at=None, notice__state="withdrawn").count() == 0
    )


def test_enclosures_and_codes_go_with_their_row(campaign, handler, approver, people):
    assert campaigns.add_enclosures(campaign=campaign, upload=packed("花.pdf"), by=handler) == 1
    head = [*HEAD, "ギフト番号", "添付ファイル名"]
    rows = [[*GOOD[0], "CODE-1", "花.pdf"], [*GOOD[1], "CODE-2", "ない.pdf"]]
    campaigns.set_list(campaign=campaign, upload=upload(rows, head), by=handler)
    campaigns.start_check(campaign=campaign, mapping=campaign.mapping | {"((amount))": "支給額"}, values={}, by=handler)
    drain(run_campaigns)
    campaign.refresh_from_db()
    assert states_of(campaign)[1] == (3, "problem", "添付ファイル「ない.pdf」が登録されていません。")
    with pytest.raises(campaigns.NotReady, match="1個のウイルス検査が終わっていません"):
        campaigns.hand_in(campaign=campaign, scheduled_at=None, leaves_problems_out=True, by=handler)
    StoredFile.objects.filter(kind="enclosure").update(state="rejected")
    with pytest.raises(campaigns.NotReady, match=r"「花\.pdf」は、ウイルス検査で受け付けられませんでした"):
        campaigns.hand_in(campaign=campaign, scheduled_at=None, leaves_problems_out=True, by=handler)
    StoredFile.objects.filter(kind="enclosure").update(state="clean")
    campaigns.hand_in(campaign=campaign, scheduled_at=None, leaves_problems_out=True, by=handler)
    campaigns.approve(campaign=campaign, by=approver)
    drain(run_campaigns)
    notice = Notice.objects.get()
    assert [found.file.name for found in notice.files.all()] == ["花.pdf"]
    assert notice.one_time_code not in ("", "CODE-1")
    assert CampaignRow.objects.get(notice=notice).one_time_code == ""


def test_a_zip_with_something_else_than_a_pdf_is_refused(campaign, handler):
    with pytest.raises(campaigns.ListRefused, match=r"「a\.exe」はPDFではありません"):
        campaigns.add_enclosures(campaign=campaign, upload=packed("a.exe", content=b"MZ"), by=handler)
    assert campaign.files.count() == 0


def scheduled(checked, handler, approver):
    campaign = checked(GOOD)
    at = timezone.now() + dt.timedelta(hours=2)
    campaigns.hand_in(campaign=campaign, scheduled_at=at, leaves_problems_out=True, by=handler)
    campaigns.approve(campaign=campaign, by=approver)
    return campaign, at


def test_a_scheduled_campaign_begins_at_its_time(checked, handler, approver):
    campaign, at = scheduled(checked, handler, approver)
    assert campaigns.start_due(now=at - dt.timedelta(seconds=1)) == 0
    assert campaigns.start_due(now=at + dt.timedelta(minutes=5)) == 1
    campaign.refresh_from_db()
    assert campaign.campaign_state == CampaignState.SENDING


def test_a_time_missed_while_nothing_ran_is_put_to_a_person(checked, handler, approver):
    campaign, at = scheduled(checked, handler, approver)
    assert campaigns.start_due(now=at + dt.timedelta(days=1)) == 1
    campaign.refresh_from_db()
    assert campaign.campaign_state == CampaignState.MISSED
    drain(run_campaigns)
    assert Notice.objects.count() == 0
    campaigns.send_now(campaign=campaign, by=handler)
    drain(run_campaigns)
    assert Notice.objects.count() == 2


def again(campaign, key):
    """Another campaign like this one, approved for the same time."""
    copy = Campaign.objects.get(pk=campaign.pk)
    copy.pk, copy.public_id, copy.request_key, copy.file = None, public_id(), key, None
    copy._state.adding = True
    copy.save(force_insert=True)
    return copy


def test_a_clock_that_was_slower_on_one_goes_on_with_the_others(checked, handler, approver):
    first, at = scheduled(checked, handler, approver)
    second, third = again(first, "new-2"), again(first, "new-3")

    def be_faster(instance, **_more):
        """The other clock takes the second one while this clock moves the first one."""
        if instance.campaign_id == first.pk:
            Campaign.objects.filter(pk=second.pk).update(campaign_state="sending", revision=F("revision") + 1)

    post_save.connect(be_faster, sender=CampaignEvent)
    try:
        assert campaigns.start_due(now=at) == 2
    finally:
        post_save.disconnect(be_faster, sender=CampaignEvent)
    states = Campaign.objects.filter(pk__in=[first.pk, second.pk, third.pk]).values_list("campaign_state", flat=True)
    assert set(states) == {"sending"}
    assert list(second.events.all()) == []
    assert [event.state for event in third.events.all()] == ["sending"]


def test_taking_back_opens_the_list_again(checked, handler, approver):
    campaign, _at = scheduled(checked, handler, approver)
    campaigns.take_back(campaign=campaign, by=handler, reason="金額を直す")
    assert (campaign.campaign_state, campaign.approved_by, campaign.scheduled_at) == (CampaignState.CHECKED, None, None)
    assert campaign.events.order_by("-id").first().detail == "金額を直す"
