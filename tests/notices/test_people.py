"""Everybody of a campaign, as staff see them and take them along."""

import csv
import datetime as dt
import io

import pytest
from django.urls import reverse

from cityhall.models import AuditEvent
from notices.models import CampaignRow, DocumentJob, FilingReminder, Notice
from notices.people import person_of
from notices.queries.people import PeopleFilter, people_of
from notices.services import open_notice, withdraw
from notices.services.acted import record_acted
from notices.services.events import record_event
from residents.models import Resident
from tests import factories
from tests.notices.peoplekit import make_campaign, put_into

pytestmark = pytest.mark.django_db
MOMENT = dt.datetime(2026, 11, 20, 3, 0, tzinfo=dt.UTC)
NAMES = ("opened", "filed", "waiting", "paper", "returned", "untold", "stuck", "withdrawn")


@pytest.fixture
def campaign(notice_type, department, handler, approver):
    return make_campaign(notice_type, department, by=handler, approved_by=approver)


@pytest.fixture
def people(campaign, available, issue, approver):
    """One notice for each end a notice may take, in rows 2, 3, …"""
    made = {}
    for position, name in enumerate(NAMES, 2):
        person = factories.make_resident_user(family=f"試験{position}", phone="+819012345678")
        notice = (issue if name == "stuck" else available)(person, key=name)
        Notice.objects.filter(pk=notice.pk).update(
            paper_state="none", paper_required=False, action_kind="procedure", action_target="jido"
        )
        put_into(campaign, notice, position)
        made[name] = notice
        if name == "stuck":
            job = DocumentJob.objects.filter(notice=notice)
            job.update(state="given_up", last_error="glyph_missing", finished_at=MOMENT)
    for name in ("opened", "filed"):
        open_notice(made[name], by=made[name].recipient.user, now=MOMENT)
    record_acted(made["filed"], by=made["filed"].recipient.user, moment=MOMENT)
    Notice.objects.filter(pk=made["paper"].pk).update(paper_state="posted")
    Notice.objects.filter(pk=made["returned"].pk).update(paper_state="returned")
    record_event(made["returned"], "returned", moment=MOMENT, detail="あて所に尋ねあたりません")
    record_event(made["untold"], "notify_failed", moment=MOMENT, channel="email", detail="宛先なし")
    withdraw(made["withdrawn"], by=approver, reason="誤り")
    CampaignRow.objects.create(
        campaign=campaign,
        position=20,
        state="problem",
        problem="台帳にありません。",
        typed={"recipient": {"name": "不明 花子"}},
    )
    CampaignRow.objects.create(campaign=campaign, position=21, state="left_out")
    return made


def positions(campaign, wanted=""):
    return list(people_of(campaign, wanted).values_list("position", flat=True))


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("", [2, 3, 4, 5, 6, 7, 8, 9, 20, 21]),
        (PeopleFilter.NOT_OPENED, [4, 5, 6, 7]),
        (PeopleFilter.OPENED, [2, 3]),
        (PeopleFilter.FILED, [3]),
        (PeopleFilter.NOT_FILED, [2, 4, 5, 6, 7]),
        (PeopleFilter.PAPER, [5, 6]),
        (PeopleFilter.RETURNED, [6]),
        (PeopleFilter.FAILED, [7, 8, 20]),
        (PeopleFilter.WITHDRAWN, [9]),
        (PeopleFilter.LEFT_OUT, [21]),
    ],
)
def test_filter_finds_exactly_these(campaign, people, wanted, expected):
    assert positions(campaign, wanted) == expected


def test_people_whom_no_way_reaches_are_named(campaign, available):
    person = factories.make_resident_user(family="届かず")
    notice = available(person, key="nobody")
    put_into(campaign, notice, 2)
    Notice.objects.filter(pk=notice.pk).update(paper_state="none", paper_due_at=None)
    assert positions(campaign, PeopleFilter.FAILED) == []
    Resident.objects.filter(pk=notice.recipient_id).update(user=None)
    [row] = people_of(campaign, PeopleFilter.FAILED)
    assert "郵送にもなりません" in person_of(row, to=campaign.created_by).reason
    Notice.objects.filter(pk=notice.pk).update(paper_due_at=MOMENT)
    [row] = people_of(campaign)
    assert positions(campaign, PeopleFilter.FAILED) == []
    assert person_of(row, to=campaign.created_by).reason == ""


def test_every_filter_is_tested():
    assert {*PeopleFilter} == {
        *("not_opened", "opened", "filed", "not_filed", "paper", "returned", "failed", "withdrawn", "left_out")
    }


def page_of(client, campaign, query=""):
    return client.get(reverse("notices:campaign_people", args=[campaign.public_id]) + query)


def test_page_shows_state_reason_and_phone(campaign, people, login, handler):
    page = page_of(login(handler), campaign).content.decode()
    for words in ("あて所に尋ねあたりません", "台帳にありません。", "不明 花子", "090-1234-5678", "glyph_missing"):
        assert words in page
    event = AuditEvent.objects.filter(target_type="campaign", action="list").last()
    assert people["opened"].public_id in event.object_ids


def test_phone_of_people_under_protection_is_for_few(campaign, people, login, handler, administrator):
    Resident.objects.update(protected_until=dt.date(2099, 1, 1))
    assert "090-1234-5678" not in page_of(login(handler), campaign).content.decode()
    assert "090-1234-5678" in page_of(login(administrator), campaign).content.decode()


def test_campaign_of_another_department_is_404(campaign, login, handler, departments):
    campaign.department = departments["kaigo"]
    campaign.save(update_fields=["department"])
    for name in ("campaign_people", "campaign_people_export"):
        assert login(handler).get(reverse(f"notices:{name}", args=[campaign.public_id])).status_code == 404


def test_page_goes_on_where_it_ended(campaign, people, login, handler, monkeypatch):
    monkeypatch.setattr("notices.views.staff_people.PAGE_SIZE", 4)
    client, query, seen = login(handler), "", 0
    while True:
        response = page_of(client, campaign, query)
        seen += len(response.context["people"])
        query = response.context["next_url"]
        if not query:
            break
    assert seen == len(positions(campaign))


@pytest.mark.parametrize("size", [2, 8])
def test_queries_do_not_grow_with_the_people(
    size, campaign, people, login, handler, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr("notices.views.staff_people.PAGE_SIZE", size)
    client = login(handler)
    page_of(client, campaign)
    with django_assert_num_queries(14):
        page_of(client, campaign)


def test_export_carries_times_and_hashes_and_is_audited(campaign, people, login, handler):
    path = reverse("notices:campaign_people_export", args=[campaign.public_id])
    response = login(handler).get(f"{path}?show=filed")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    (line,) = csv.DictReader(io.StringIO(text))
    filed = people["filed"]
    assert (line["行"], line["氏名"], line["状態"]) == ("3", filed.recipient_name, "開封済み")
    assert line["開封日時"] == line["手続日時"] == "2026-11-20 12:00:00"
    assert line["通知書のSHA-256"] == filed.sha256
    assert AuditEvent.objects.filter(action="export", target_id=campaign.public_id, detail="people filed").exists()


def test_reminding_from_the_page(campaign, people, login, approver, clerk):
    path = reverse("notices:campaign_remind", args=[campaign.public_id])
    assert login(clerk).post(path).status_code == 404
    client = login(approver)
    client.post(path)
    assert "送信中です" in client.post(path, follow=True).content.decode()
    assert FilingReminder.objects.get().number == 1


def test_newest_word_of_each_channel_says_who_was_not_told(campaign, people):
    """A mail that was sent may bounce; who was told another way is told."""
    notice = people["waiting"]
    record_event(notice, "notified", moment=MOMENT, channel="email")
    assert 4 not in positions(campaign, PeopleFilter.FAILED)
    record_event(notice, "notify_failed", moment=MOMENT, channel="email")
    assert 4 in positions(campaign, PeopleFilter.FAILED)
    record_event(notice, "notified", moment=MOMENT, channel="push")
    assert 4 not in positions(campaign, PeopleFilter.FAILED)
