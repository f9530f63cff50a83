"""Whom a campaign has reached: people, not notices, and paper apart."""

import pytest
from django.utils import timezone

from notices.models import CampaignRow, Notice
from notices.queries.campaigns import reach_of
from tests import factories
from tests.notices.peoplekit import make_campaign, put_into

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(notice_type, department, handler, approver):
    return make_campaign(notice_type, department, by=handler, approved_by=approver)


@pytest.fixture
def written_to(campaign, issue):
    """Write to somebody: how each of their notices stands."""

    def write(given, *ways):
        person = factories.make_resident(given=given)
        for way in ways:
            position = campaign.rows.count() + 2
            subject = factories.make_resident(given=f"{given}の子{position}")
            if way == "failed":
                CampaignRow.objects.create(
                    campaign=campaign, position=position, state="failed", recipient=person, subject=subject
                )
                continue
            notice = issue(person, subject=subject, key=f"n-{position}")
            put_into(campaign, notice, position)
            if way == "opened":
                Notice.objects.filter(pk=notice.pk).update(opened_at=timezone.now())
            else:
                Notice.objects.filter(pk=notice.pk).update(paper_state=way)
        return person

    return write


def figures(campaign):
    reach = reach_of(campaign)
    return reach.people, reach.digital, reach.paper, reach.not_yet


def test_a_guardian_of_two_pupils_is_one_person(campaign, written_to):
    written_to("さくら", "opened", "none")
    written_to("健太", "posted", "posted", "due")
    written_to("花", "none", "none")
    assert figures(campaign) == (3, 1, 1, 1)


def test_who_opened_and_got_paper_is_reached_online(campaign, written_to):
    written_to("さくら", "opened", "posted")
    assert figures(campaign) == (1, 1, 0, 0)


@pytest.mark.parametrize("way", ["due", "printing", "printed", "returned", "none", "failed"])
def test_what_did_not_leave_or_came_back_reached_nobody(campaign, written_to, way):
    written_to("さくら", way)
    assert figures(campaign) == (1, 0, 0, 1)


def test_rows_left_out_are_not_written_to(campaign, resident):
    CampaignRow.objects.create(campaign=campaign, position=2, state="left_out", recipient=resident, subject=resident)
    assert figures(campaign) == (0, 0, 0, 0)


@pytest.mark.parametrize("count", [1, 3])
def test_reach_takes_one_query_however_many(campaign, written_to, count, django_assert_num_queries):
    for number in range(count):
        written_to(f"{number}子", "posted", "none")
    with django_assert_num_queries(1):
        reach_of(campaign)
