"""Practice: a notice to oneself that is gone after a week, and the tour."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from cityhall.days import local_date
from cityhall.services.files import read_bytes
from cityhall.services.work import claim_due
from notices.enums import NoticeState, PaperState
from notices.models import DocumentJob, Notice, NoticeType, NoticeTypeVersion
from notices.queries import visible_to
from notices.services import trial
from notices.services.documents import make_document
from notices.services.retention import wipe_contents
from notices.tour import TOUR
from tests.notices.circularkit import text_of_pdf

pytestmark = pytest.mark.django_db

PAGE = "/try/notice/"


@pytest.fixture
def practice(municipality, department, city_key):
    kind = NoticeType.objects.create(
        key=trial.PRACTICE_KIND, name="体験", category="new", department=department, consent_required=False
    )
    NoticeTypeVersion.objects.create(notice_type=kind, number=1, title="体験のお知らせ", body="練習です。")
    return kind


def deliver(notice):
    for job in claim_due(DocumentJob, limit=5, now=timezone.now()):
        make_document(job)
    notice.refresh_from_db()
    return notice


def test_a_practice_notice_comes_like_every_other_and_never_on_paper(practice, resident):
    notice = trial.send_practice(resident=resident, by=resident.user, request_key="p")
    assert trial.send_practice(resident=resident, by=resident.user, request_key="p") == notice
    deliver(notice)
    assert (notice.is_practice, notice.state) == (True, NoticeState.AVAILABLE)
    assert (notice.paper_state, notice.paper_due_at) == (PaperState.NONE, None)
    assert (notice.recipient, notice.subject) == (resident, resident)
    assert list(visible_to(resident.user)) == [notice]
    # the paper itself says that it is none
    assert "見" in text_of_pdf(read_bytes(notice.document), page=1)


def test_a_practice_notice_is_gone_after_seven_days(practice, resident):
    now = timezone.now()
    notice = deliver(trial.send_practice(resident=resident, by=resident.user, request_key="p", now=now))
    assert notice.keep_until == local_date(now) + dt.timedelta(days=7)
    assert wipe_contents(now=now + dt.timedelta(days=7)) == 0
    assert list(visible_to(resident.user)) == [notice]
    assert wipe_contents(now=now + dt.timedelta(days=8)) == 1
    notice.refresh_from_db()
    assert (notice.body, notice.document) == ("", None)
    assert list(visible_to(resident.user)) == []
    assert list(trial.practice_notices_of(resident)) == []


def test_five_a_day_are_enough(practice, resident):
    now = timezone.now()
    for number in range(trial.MOST_A_DAY):
        trial.send_practice(resident=resident, by=resident.user, request_key=f"p{number}", now=now)
    with pytest.raises(trial.TrialTooOften):
        trial.send_practice(resident=resident, by=resident.user, request_key="more", now=now)
    later = now + dt.timedelta(days=1, minutes=1)
    assert trial.send_practice(resident=resident, by=resident.user, request_key="later", now=later)


def test_a_city_without_practice_notices_says_so(municipality, resident, login):
    with pytest.raises(trial.TrialNotReady):
        trial.send_practice(resident=resident, by=resident.user, request_key="p")
    page = login(resident).post(PAGE, {"request_key": "p"}, follow=True)
    assert "準備中" in page.content.decode()


def test_a_resident_sends_one_to_themselves(practice, resident, another_resident, login):
    browser = login(resident)
    for _again in range(2):
        browser.post(PAGE, {"request_key": "same"})
    notice = Notice.objects.get()
    assert notice.recipient == resident
    page = browser.get(PAGE).content.decode()
    assert reverse("notices:notice_detail", args=[notice.public_id]) not in page
    deliver(notice)
    assert reverse("notices:notice_detail", args=[notice.public_id]) in browser.get(PAGE).content.decode()
    login(another_resident)
    assert "体験のお知らせ" not in browser.get(PAGE).content.decode()


def test_the_tour_goes_through_every_step_and_prints_them_all(client, municipality):
    handout = client.get("/try/tour/handout/").content.decode()
    for number, step in enumerate(TOUR, start=1):
        page = client.get(f"/try/tour/{number}/").content.decode()
        for words in (step.title, step.text, step.remember):
            assert str(words) in page
            assert str(words) in handout
        assert f'aria-label="{step.picture}"' in page
        assert (f"/try/tour/{number + 1}/" in page) == (number < len(TOUR))
    for number in (0, len(TOUR) + 1):
        assert client.get(f"/try/tour/{number}/").status_code == 404
