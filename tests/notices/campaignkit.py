"""A mass notice from its list to its approval: fixtures that `conftest` shows to all tests here, and makers."""

import csv
import datetime as dt
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from notices.enums import CampaignSource
from notices.models import DocumentJob, NoticeType, NoticeTypeVersion
from notices.services import campaigns
from notices.tasks import run_campaigns
from residents.models import ExternalId
from tests import factories
from tests.notices.kit import drain

HEAD = ["宛名番号", "保護者氏名", "児童宛名番号", "児童氏名", "支給額"]


@pytest.fixture
def kind(municipality, department):
    found = NoticeType.objects.create(
        key="shugaku-enjo",
        name="就学援助 決定通知書",
        category="replaces_post",
        department=department,
        consent_required=True,
        consent_text_version="2026-04",
        hours_until_paper=72,
        inbox_category="children",
        retention_years=3,
    )
    NoticeTypeVersion.objects.create(
        notice_type=found,
        number=1,
        title="((subject_name))さんの就学援助について",
        body="((recipient_name)) 様\n\n支給額は ((amount)) です。",
        action_kind="procedure",
        action_target="shugaku",
        action_label="申請する",
        action_values={"child": "((subject_name))"},
    )
    return found


@pytest.fixture
def people(db):
    """Two parents with a child each, known by number."""
    found = {}
    for number, family, given in (
        ("0001", "高橋", "さくら"),
        ("0002", "高橋", "一葉"),
        ("0003", "鈴木", "健太"),
        ("0004", "鈴木", "花"),
    ):
        person = factories.make_resident(family=family, given=given, birth_date=dt.date(1980, 1, int(number) + 1))
        ExternalId.objects.create(resident=person, kind="resident_number", value=number)
        found[number] = person
    return found


@pytest.fixture
def campaign(kind, department, handler):
    plan = campaigns.Plan("就学援助 12月分", kind.versions.get(), department, CampaignSource.FILE)
    return campaigns.create_campaign(plan=plan, by=handler, request_key="new-1")


def upload(rows, head=HEAD, name="list.csv", encoding="utf-8-sig"):
    text = io.StringIO()
    csv.writer(text).writerows([head, *rows])
    return SimpleUploadedFile(name, text.getvalue().encode(encoding))


GOOD = [["0001", "高橋 さくら", "0002", "高橋 一葉", "12,000円"], ["0003", "鈴木 健太", "0004", "鈴木 花", "8,000円"]]


@pytest.fixture
def checked(campaign, handler, people):
    """Check a list with these rows."""

    def check(rows, head=HEAD, mapping=None, values=None, **given):
        campaigns.set_list(campaign=campaign, upload=upload(rows, head, **given), by=handler)
        chosen = campaign.mapping | {"((amount))": "支給額"} if mapping is None else mapping
        campaigns.start_check(campaign=campaign, mapping=chosen, values=values or {}, by=handler)
        drain(run_campaigns)
        campaign.refresh_from_db()
        return campaign

    return check


@pytest.fixture
def sending(checked, handler, approver):
    """A list that was handed in and approved; nothing made yet."""

    def send(rows=GOOD, **given):
        campaign = checked(rows)
        campaigns.hand_in(campaign=campaign, scheduled_at=None, leaves_problems_out=True, by=handler, **given)
        campaigns.approve(campaign=campaign, by=approver)
        return campaign

    return send


def states_of(campaign):
    return list(campaign.rows.order_by("position").values_list("position", "state", "problem"))


def make_documents(campaign):
    """As if the documents were made: nothing here is about them."""
    DocumentJob.objects.filter(notice__campaign=campaign).update(state="done", finished_at=timezone.now())


def packed(*names, content=b"%PDF-1.7 one"):
    """A ZIP file with files of these names."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for name in names:
            package.writestr(name, content)
    return SimpleUploadedFile("x.zip", target.getvalue())
