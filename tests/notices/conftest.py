"""A city with a key, and a kind of notice."""

import datetime as dt

import pytest
from django.utils import timezone

from cityhall.services.work import claim_due
from notices import services
from notices.demo_ca import make_demo_ca
from notices.models import DocumentJob, Notice, NoticeType, NoticeTypeVersion
from notices.services.documents import make_document
from notices.vapid import make_vapid_key
from residents.enums import ConsentKind
from residents.services.consents import give
from tests.notices.campaignkit import campaign, checked, kind, people, sending  # noqa: F401 - fixtures for all
from tests.notices.servers import LinePlatform, PushService, TextProvider


@pytest.fixture(scope="session")
def _signing_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("signing")
    make_demo_ca(
        key_path=folder / "city.p12",
        ca_path=folder / "ca.pem",
        password="",
        city_name="緑野市",
        now=dt.datetime.now(dt.UTC),
    )
    return folder


@pytest.fixture
def city_key(settings, _signing_folder):
    settings.SIGNING_KEY_PATH = _signing_folder / "city.p12"
    settings.SIGNING_CA_PATH = _signing_folder / "ca.pem"
    settings.SIGNING_KEY_PASSWORD = ""


@pytest.fixture
def notice_type(municipality, department, city_key):
    made = NoticeType.objects.create(
        key="jido-teate",
        name="児童手当 認定通知書",
        category="answers",
        department=department,
        consent_required=True,
        consent_text_version="2026-04",
        hours_until_paper=72,
    )
    NoticeTypeVersion.objects.create(
        notice_type=made,
        number=1,
        title="児童手当 認定通知書",
        body="((applicant_name)) 様の申請を認定しました。\n\n((reason))",
        appeal_text="((city_name))長に審査請求をすることができます。",
        particulars=[{"label": "受付番号", "text": "((application_number))"}],
    )
    return made


@pytest.fixture
def consenting(resident):
    """The resident, who said yes to digital notices."""
    give(resident=resident, kind=ConsentKind.DIGITAL_NOTICE, text_version="2026-04", by=resident.user)
    return resident


@pytest.fixture
def issue(notice_type, department, handler):
    """Issue a notice to somebody; `values` and other arguments may be given."""

    def make(recipient, *, key="decision-1", kind=None, **given):  # noqa: F811 - the name the tests know
        values = {
            "applicant_name": recipient.full_name,
            "application_number": "1234-5678-901",
            "reason": "要件を満たすため。",
        }
        return services.issue(
            notice_type=kind or notice_type,
            recipient=recipient,
            subject=given.pop("subject", recipient),
            department=department,
            values=values | given.pop("values", {}),
            source_type="application",
            source_id="case-1",
            source_label="児童手当 認定請求",
            request_key=key,
            by=handler,
            **given,
        )

    return make


@pytest.fixture
def available(issue):
    """Issue a notice and have its document made."""

    def make(recipient, **given):
        notice = issue(recipient, **given)
        moment = given.get("now") or timezone.now()
        for job in claim_due(DocumentJob, limit=5, now=moment):
            make_document(job, now=moment)
        return Notice.objects.get(pk=notice.pk)

    return make


@pytest.fixture
def push_service(settings, tmp_path):
    """A push service of the browsers, and the city's key."""
    settings.VAPID_KEY_PATH = tmp_path / "vapid.pem"
    settings.PUSH_SERVICES = ["127.0.0.1"]
    make_vapid_key(settings.VAPID_KEY_PATH)
    with PushService() as service:
        yield service


@pytest.fixture
def line(settings):
    """LINE, and the city's account there."""
    settings.LINE_CHANNEL_SECRET, settings.LINE_CHANNEL_TOKEN = "line-secret", "line-token"
    settings.LINE_BASIC_ID = "@midorino"
    with LinePlatform() as platform:
        settings.LINE_API_URL = settings.LINE_API_DATA_URL = platform.url
        yield platform


@pytest.fixture
def text_provider(settings):
    """A provider of text messages."""
    settings.SMS_PROVIDER = "notices.sms.TwilioProvider"
    settings.SMS_ACCOUNT, settings.SMS_TOKEN, settings.SMS_SENDER = "AC1", "sms-token", "+815000000000"
    with TextProvider() as provider:
        settings.SMS_API_URL = provider.url
        yield provider
