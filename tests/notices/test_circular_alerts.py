"""A new circular is told of: who wants it, each once, in the daytime, behind everything that is addressed."""

import datetime as dt

import pytest
from django.utils import timezone

from cityhall.days import TOKYO
from cityhall.enums import Lane, WorkState
from cityhall.services.work import claim_due
from notices.models import (
    AccountAlert,
    ChannelPreference,
    CircularRound,
    OutgoingLine,
    OutgoingMail,
    OutgoingPush,
    OutgoingSms,
)
from notices.services import circulars
from notices.services.circulars.telling import LostRound, tell_slice
from tests.notices.channelkit import add_browser, add_line, add_number
from tests.notices.circularkit import in_household, make_district, make_home, publish

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 24, 12, 0, tzinfo=TOKYO)
NIGHT = dt.datetime(2026, 11, 24, 22, 0, tzinfo=TOKYO)
MORNING = dt.datetime(2026, 11, 25, 8, 0, tzinfo=TOKYO)


@pytest.fixture
def district(municipality, district_head):
    return make_district(head=district_head)


@pytest.fixture
def home(district, resident, another_resident):
    """A home of two people with an account."""
    for person in (resident, another_resident):
        in_household(person)
    return make_home(district, household=resident.household)


def work_off(now=NOON):
    while claimed := claim_due(CircularRound, now=now):
        tell_slice(claimed[0], now=now)


def told():
    return sorted(AccountAlert.objects.values_list("user__email", flat=True))


def test_everybody_of_a_household_is_told_once_and_not_of_what(district, home, district_head):
    publish([district], by=district_head, title="下水道工事", now=NOON)
    work_off()
    assert told() == ["another@example.jp", "resident@example.jp"]
    mails = list(OutgoingMail.objects.order_by("id"))
    assert {mail.lane for mail in mails} == {Lane.BULK}
    assert mails[0].subject == "【緑野市】新しい回覧があります"
    assert "http://localhost:8000/circulars/" in mails[0].body
    assert "下水道" not in "".join(mail.subject + mail.body for mail in mails)
    order = CircularRound.objects.get()
    assert (order.state, order.told_count) == (WorkState.DONE, 2)
    # the same round once more, as after a retry
    CircularRound.objects.update(state=WorkState.QUEUED, finished_at=None, next_id=0)
    work_off()
    assert OutgoingMail.objects.count() == 2


def test_choice_of_the_drawer_counts_and_none_is_none(
    district, home, district_head, resident, another_resident, push_service, line, text_provider
):
    add_browser(resident.user, push_service.url)
    add_line(resident.user)
    add_number(resident.user)
    ChannelPreference.objects.create(resident=another_resident, inbox_category="events", channels=[])
    publish([district], by=district_head, now=NOON)
    work_off()
    assert told() == ["resident@example.jp"]
    counts = [model.objects.count() for model in (OutgoingMail, OutgoingPush, OutgoingLine, OutgoingSms)]
    # a text message costs money: only for who asks for it
    assert counts == [1, 1, 1, 0]
    assert OutgoingPush.objects.get().url == "/circulars/"
    ChannelPreference.objects.create(resident=resident, inbox_category="events", channels=["sms"])
    publish([district], by=district_head, title="二つ目", now=NOON)
    work_off()
    assert [model.objects.count() for model in (OutgoingMail, OutgoingSms)] == [1, 1]


def test_who_is_dead_gone_elsewhere_or_has_read_is_told_nothing(
    district, home, district_head, resident, another_resident, supporter
):
    resident.died_on = dt.date(2026, 11, 1)
    resident.save()
    another_resident.moved_out_on = dt.date(2026, 11, 1)
    another_resident.save()
    in_household(supporter, "000000002")
    other_home = make_home(district, "佐藤", household=supporter.household)
    circular = publish([district], by=district_head, now=NOON)
    circulars.mark_read(circular, homes=[other_home], by=supporter.user, now=NOON)
    work_off()
    assert told() == []


def test_person_of_two_districts_is_told_once(district, home, district_head, handler, department, resident):
    second = make_district("桜町自治会", towns=["桜町"])
    make_home(second, household=resident.household)
    publish([district, second], by=handler, department=department, now=NOON)
    work_off()
    assert told() == ["another@example.jp", "resident@example.jp"]


def test_nobody_is_told_at_night(district, home, district_head):
    publish([district], by=district_head, now=NIGHT)
    order = CircularRound.objects.get()
    assert order.due_at == MORNING
    CircularRound.objects.update(due_at=NIGHT)
    (claimed,) = claim_due(CircularRound, now=NIGHT)
    tell_slice(claimed, now=NIGHT)
    assert (told(), CircularRound.objects.get().due_at) == ([], MORNING)
    work_off(MORNING)
    assert len(told()) == 2


def test_what_was_taken_back_or_is_over_is_told_to_nobody(district, home, district_head):
    taken_back = publish([district], by=district_head, title="一", now=NIGHT)
    publish([district], by=district_head, title="二", now=NIGHT, ends_on=NIGHT.date())
    circulars.withdraw(taken_back, by=district_head, now=NIGHT)
    work_off(MORNING)
    assert told() == []
    assert set(CircularRound.objects.values_list("state", flat=True)) == {WorkState.DONE}


def test_round_goes_on_in_slices_and_a_lost_claim_tells_nobody(district, home, district_head, monkeypatch):
    monkeypatch.setattr("notices.services.circulars.telling.SLICE", 1)
    publish([district], by=district_head, now=NOON)
    with pytest.raises(LostRound):
        tell_slice(CircularRound.objects.get(), now=NOON)
    assert told() == []
    work_off()
    assert len(told()) == 2


def test_draft_is_told_to_nobody(district, home, district_head):
    fields = circulars.CircularFields("清掃", "朝です。", [district])
    circulars.save_draft(fields=fields, department=None, by=district_head, request_key="k")
    work_off(timezone.now())
    assert (CircularRound.objects.count(), told()) == (0, [])
