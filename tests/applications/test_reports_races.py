"""Several people and one report at the same moment, in threads on PostgreSQL; the guard beside a control without it."""

import threading

import pytest
from django.db import connection, transaction

from applications.enums import ReportEventKind, ReportState
from applications.models import Report, ReportEvent, ReportPhoto
from applications.services import reports as services
from cityhall.enums import Role
from cityhall.errors import StaleState
from cityhall.ids import public_id
from notices.models import OutgoingMail
from tests import factories
from tests.applications.reportkit import PLACE, kept, make_kind, make_report, photo, seen
from tests.applications.test_races import at_once, outcome

S = ReportState
ROUNDS = 5

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


@pytest.fixture
def kind(municipality, department):
    return make_kind(department)


@pytest.fixture
def staff(department):
    return [factories.make_staff(role=Role.HANDLER, department=department) for _number in range(4)]


def finish(report, person):
    copy = seen(report)
    return lambda: services.finish(report=copy, text="直しました。", by=person)


def merge(report, into, person):
    copy = seen(report)
    return lambda: services.merge(report=copy, number=into.number, by=person)


def test_one_of_many_who_close_a_report_wins_and_one_mail_is_sent(kind, staff):
    report = make_report(kind, email="reporter@example.jp")
    OutgoingMail.objects.all().delete()
    results = at_once(*[finish(report, person) for person in staff])
    assert outcome(results) == (1, len(staff) - 1)
    assert (seen(report).state, seen(report).revision) == (S.DONE, report.revision + 1)
    assert report.events.filter(kind=ReportEventKind.DONE).count() == 1
    assert OutgoingMail.objects.count() == 1


def test_control_without_the_condition_everybody_closes_it(kind, staff):
    """The same, writing the state without asking for the one that was seen: both believe to have closed it."""
    report = make_report(kind)
    read = threading.Barrier(2)

    def close(state, person):
        with transaction.atomic():
            row = seen(report)
            read.wait(timeout=60)
            assert row.state == S.RECEIVED
            Report.objects.filter(pk=row.pk).update(state=state)
            ReportEvent.objects.create(report=row, kind=state, actor=person)
        return state

    results = at_once(lambda: close(S.DONE, staff[0]), lambda: close(S.NOT_OURS, staff[1]))
    assert sorted(results) == [S.DONE, S.NOT_OURS]
    assert report.events.exclude(kind=ReportEventKind.RECEIVED).count() == 2


def test_merging_and_closing_exclude_each_other(kind, staff):
    for _round in range(ROUNDS):
        original, report = make_report(kind), make_report(kind)
        assert outcome(at_once(merge(report, original, staff[0]), finish(report, staff[1]))) == (1, 1)
        stored = seen(report)
        assert stored.state in (S.DUPLICATE, S.DONE)
        assert (stored.merged_into_id == original.pk) is (stored.state == S.DUPLICATE)
        told = original.events.filter(kind=ReportEventKind.MERGED).count()
        assert told == (1 if stored.state == S.DUPLICATE else 0)


def test_two_reports_put_to_each_other_leave_one_that_goes_on(kind, staff):
    for _round in range(ROUNDS):
        one, other = make_report(kind), make_report(kind)
        results = at_once(merge(one, other, staff[0]), merge(other, one, staff[1]))
        refused = [result for result in results if isinstance(result, Exception)]
        assert len(refused) == 1
        assert isinstance(refused[0], StaleState | services.NotMergeable)
        states = [seen(report).state for report in (one, other)]
        assert sorted(states) == [S.DUPLICATE, S.RECEIVED]


def test_what_is_put_together_in_a_row_makes_no_chain(kind, staff):
    for _round in range(ROUNDS):
        first, second, third = (make_report(kind) for _number in range(3))
        results = at_once(merge(first, second, staff[0]), merge(second, third, staff[1]))
        assert all(isinstance(result, Report | services.NotMergeable) for result in results)
        ends = Report.objects.filter(merged_into__isnull=False).values_list("merged_into__state", flat=True)
        assert S.DUPLICATE not in ends
        assert seen(second).merged_into_id == third.pk


def test_two_taps_are_one_report_with_its_photos(kind):
    new = services.NewReport(kind=kind, request_key=public_id(), position=PLACE, photos=kept(photo()))
    results = at_once(*[lambda: services.send(new) for _tap in range(4)])
    assert len({report.pk for report in results}) == 1
    assert (Report.objects.count(), ReportPhoto.objects.count(), ReportEvent.objects.count()) == (1, 1, 1)


def test_one_photo_goes_with_one_of_two_reports(kind):
    photos = kept(photo())
    new = [services.NewReport(kind=kind, request_key=public_id(), position=PLACE, photos=photos) for _one in range(2)]
    results = at_once(*[lambda one=one: services.send(one) for one in new])
    assert sorted(type(result).__name__ for result in results) == ["PhotosGone", "Report"]
    assert ReportPhoto.objects.count() == 1
