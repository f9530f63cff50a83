"""Figures of visits: questions asked, minutes by phase, by day and by procedure; who may see them."""

import datetime as dt

import pytest
from django.urls import reverse

from cityhall.enums import AuditAction
from cityhall.models import AuditEvent
from counter.enums import VisitPhase, VisitState
from counter.models import AccountInvitation, Visit, VisitPeriod
from counter.queries.figures import figures, span_of
from counter.services import visits
from tests.counter import fillkit
from tests.counter.kit import NOW

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 20)


@pytest.fixture
def place(department):
    return fillkit.make_place(department)


@pytest.fixture
def both(department):
    return fillkit.make_both(department)


def received(place, by, procedures, *, seconds, counts, day=DAY, **columns):
    """A visit that is over: `seconds` by phase, and how many questions were asked, brought and known."""
    visit = fillkit.identified(place, by, procedures)
    VisitPeriod.objects.filter(visit=visit).delete()
    for phase, spent in seconds.items():
        VisitPeriod.objects.create(visit=visit, phase=phase, from_at=NOW, until_at=NOW, seconds=spent)
    asked, brought, known = counts
    Visit.objects.filter(pk=visit.pk).update(
        state=VisitState.RECEIVED,
        received_at=NOW,
        business_day=day,
        asked_count=asked,
        brought_count=brought,
        known_count=known,
        **columns,
    )
    return visit


@pytest.fixture
def days(place, both, clerk):
    ask, review = VisitPhase.ASK, VisitPhase.REVIEW
    received(place, clerk, both, seconds={ask: 300, review: 60, VisitPhase.WAIT: 600}, counts=(4, 10, 6))
    received(place, clerk, both[:1], seconds={ask: 100}, counts=(2, 0, 0))
    received(place, clerk, both[1:], seconds={ask: 120}, counts=(8, 0, 8), day=DAY - dt.timedelta(days=1))
    # neither trials, nor what was never received, nor what is out of the span
    received(place, clerk, both, seconds={ask: 9999}, counts=(99, 99, 99), is_practice=True)
    received(place, clerk, both, seconds={ask: 9999}, counts=(99, 99, 99), day=DAY + dt.timedelta(days=1))
    fillkit.filling(place, clerk, both)


def span(user):
    return span_of(user, from_day=DAY - dt.timedelta(days=1), until_day=DAY)


def test_lines_by_day(days, handler):
    earlier, later = figures(span(handler), by="day").lines
    assert (later.label, later.visits, later.procedures) == ("2026-11-20", 2, 3)
    assert later.day == dt.date(2026, 11, 20)
    assert (later.asked_mean, later.brought_mean, later.known_mean, later.asked_percent) == (3.0, 5.0, 3.0, 27)
    # the wait is no time at the desk
    assert (later.per_visit, round(later.per_procedure)) == (230, 153)
    assert later.per_phase == [300, None, 200, 30, None, None]
    assert (earlier.visits, earlier.asked_mean) == (1, 8.0)


def test_lines_by_procedure_and_the_total(days, handler):
    found = figures(span(handler), by="procedure")
    assert {line.label: (line.visits, line.asked) for line in found.lines} == {"児童手当": (2, 6), "転居届": (2, 12)}
    assert {line.label: line.seconds[VisitPhase.ASK] for line in found.lines} == {"児童手当": 400, "転居届": 420}
    assert (found.total.visits, found.total.procedures, found.total.asked, found.total.asked_percent) == (3, 4, 14, 37)


def test_dropped_procedure_is_no_procedure(place, both, clerk, handler):
    visit = received(place, clerk, both, seconds={VisitPhase.ASK: 60}, counts=(1, 0, 0))
    visit.procedures.filter(position=2).update(dropped_at=NOW, drop_reason="不要")
    found = figures(span(handler), by="procedure")
    assert [line.label for line in found.lines] == ["児童手当"]
    assert (found.lines[0].procedures, found.total.procedures, found.total.per_procedure) == (1, 1, 60)


def test_figures_stay_when_the_answers_are_wiped(days, handler):
    before = figures(span(handler), by="day").total
    Visit.objects.update(state=VisitState.CLOSED, closed_at=NOW)
    visits.wipe(now=NOW + dt.timedelta(days=400))
    assert Visit.objects.filter(wiped_at=None, values={}).count() == 0
    assert figures(span(handler), by="day").total == before


def test_invitations_are_counted_by_visit(days, handler, clerk, login, municipality):
    visit, other = span(handler).of(Visit.objects.order_by("id"))[:2]
    for number, (of, confirmed) in enumerate([(visit, None), (visit, NOW), (other, None)]):
        times = {"ends_at": NOW, "claimed_at": confirmed, "confirmed_at": confirmed}
        AccountInvitation.objects.create(visit=of, code_hash=str(number), invited_by=clerk, **times)
    invited = figures(span(handler), by="day").invited
    assert (invited.offered, invited.tied, invited.visits) == (2, 1, 3)
    assert (invited.offered_percent, invited.tied_percent) == (67, 50)
    query = "?from_day=2026-11-19&until_day=2026-11-20"
    page = login(handler).get(reverse("counter:visit_figures") + query).content.decode()
    assert ("利用者登録に招待した割合" in page, "2 / 3" in page) == (True, True)
    # the first visit was for both, the other for one of them
    expected = {
        "day": {"2026-11-19": ["0", "0"], "2026-11-20": ["2", "1"]},
        "procedure": {"児童手当": ["2", "1"], "転居届": ["1", "1"]},
    }
    for by, lines in expected.items():
        answer = login(handler).get(reverse("counter:visit_figures_csv") + f"{query}&by={by}")
        table = [line.split(",") for line in answer.getvalue().decode("utf-8-sig").splitlines()]
        assert table[0][-2:] == ["利用者登録に招待（来庁）", "登録まで進んだ（来庁）"]
        assert {line[0]: line[-2:] for line in table[1:]} == lines


def test_queries_do_not_grow(days, handler, django_assert_num_queries):
    found = span(handler)
    list(found.places)
    for by in ("day", "procedure"):
        with django_assert_num_queries(8):
            figures(found, by=by)


@pytest.mark.parametrize("name", ["visit_figures", "visit_figures_csv"])
def test_who_may_see_them(municipality, login, request, name):
    address = reverse(f"counter:{name}")
    for role, status in {"handler": 200, "approver": 200, "auditor": 200, "clerk": 404, "resident": 404}.items():
        assert login(request.getfixturevalue(role)).get(address).status_code == status, role


def test_page_and_table_say_the_same(municipality, days, login, handler):
    query = "?from_day=2026-11-19&until_day=2026-11-20&by=procedure"
    browser = login(handler)
    page = browser.get(reverse("counter:visit_figures") + query).content.decode()
    assert "児童手当" in page
    assert "転居届" in page
    table = browser.get(reverse("counter:visit_figures_csv") + query).getvalue().decode("utf-8-sig").splitlines()
    assert [line.split(",")[:3] for line in table[1:]] == [["児童手当", "2", "3"], ["転居届", "2", "3"]]
    assert AuditEvent.objects.filter(action=AuditAction.EXPORT, target_type="counter.figures").count() == 1
    by_day = browser.get(reverse("counter:visit_figures") + query.replace("procedure", "day")).content.decode()
    assert "11月20日（金）" in by_day
    assert "2026-11-20</" not in by_day
    wrong = browser.get(reverse("counter:visit_figures"), {"from_day": "2026-11-20", "until_day": "2026-11-19"})
    assert "error-summary" in wrong.content.decode()
