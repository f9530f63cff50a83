"""A single notice never waits for a campaign, and neither does its alert."""

import datetime as dt

import pytest
from django.utils import timezone

from cityhall.enums import Lane
from notices import tasks
from notices.enums import CampaignSource
from notices.models import Campaign, DocumentJob, Notice, OutgoingMail, OutgoingPush
from notices.services.mail import make_mail
from tests.notices.channelkit import add_browser
from tests.notices.kit import drain

pytestmark = pytest.mark.django_db


class Order:
    """A transport that remembers whom it wrote to."""

    seen = []

    def __init__(self, *args, **kwargs):
        pass

    def open(self):
        pass

    def close(self):
        pass

    def send_messages(self, messages):
        self.seen.extend(message.to[0] for message in messages)


@pytest.fixture
def order(settings):
    settings.MAIL_TRANSPORT_BACKEND = "tests.notices.test_lanes.Order"
    Order.seen = []
    return Order.seen


def test_single_mail_goes_before_a_campaign_that_was_there_first(municipality, order):
    earlier = timezone.now() - dt.timedelta(hours=1)
    bulk = [
        make_mail(to=f"bulk{number}@example.jp", subject="s", body="b", lane=Lane.BULK, now=earlier)
        for number in range(20)
    ]
    OutgoingMail.objects.bulk_create(bulk)
    make_mail(to="single@example.jp", subject="s", body="b").save()
    drain(tasks.send_mails)
    assert (order[0], len(order)) == ("single@example.jp", 21)


def test_single_mail_that_comes_while_a_campaign_is_sent_is_next(municipality, order, monkeypatch):
    earlier = timezone.now() - dt.timedelta(hours=1)
    bulk = [make_mail(to=f"bulk{n}@example.jp", subject="s", body="b", lane=Lane.BULK, now=earlier) for n in range(5)]
    OutgoingMail.objects.bulk_create(bulk)
    original = Order.send_messages

    def send(self, messages):
        original(self, messages)
        if len(self.seen) == 2:
            make_mail(to="single@example.jp", subject="s", body="b").save()

    monkeypatch.setattr(Order, "send_messages", send)
    drain(tasks.send_mails)
    assert order.index("single@example.jp") == 2


def test_alerts_of_a_campaign_wait_behind_those_of_single_notices(
    available, issue, consenting, push_service, notice_type, department, handler
):
    add_browser(consenting.user, push_service.url)
    campaign = Campaign.objects.create(
        name="一斉",
        version=notice_type.versions.get(),
        department=department,
        source=CampaignSource.FILE,
        request_key="c",
        created_by=handler,
    )
    of_campaign = issue(consenting, key="1")
    Notice.objects.filter(pk=of_campaign.pk).update(campaign=campaign)
    DocumentJob.objects.filter(notice=of_campaign).update(lane=Lane.BULK)
    single = issue(consenting, key="2")
    drain(tasks.make_documents)
    first, second = DocumentJob.objects.order_by("finished_at")
    assert (first.notice, second.notice) == (single, of_campaign)
    lanes = dict(OutgoingPush.objects.values_list("delivery__notice", "lane"))
    assert lanes == {single.pk: Lane.SINGLE, of_campaign.pk: Lane.BULK}
    assert set(OutgoingMail.objects.values_list("delivery__notice", "lane")) == set(lanes.items())
