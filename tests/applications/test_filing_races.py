"""Guests and managers at the same moment, in threads on PostgreSQL."""

from dataclasses import replace

import pytest
from django.db import connection

from applications.enums import ApplicationState
from applications.models import Application
from applications.services import drafts, guests, starting
from applications.services.submission import submit
from residents.errors import LastManager, TooManyBusinesses
from residents.models import BusinessMember
from residents.services import end_member, register_business
from residents.services.members import add_member
from tests import factories
from tests.applications import filing
from tests.applications.test_races import at_once

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


def ready(procedure, key, email="guest@example.jp"):
    """A guest's draft that only waits for the button."""
    draft = starting.start_as_guest(procedure=procedure, request_key=key)
    answers = {"name": "来訪 太郎", "wish": "午前"}
    Application.objects.filter(pk=draft.pk).update(draft_answers=answers, guest_email=email)
    return draft.pk


def send(pk):
    return lambda: submit(application=Application.objects.get(pk=pk), by=None).number


def test_one_page_pressed_twice_starts_one_draft(municipality, department):
    procedure = filing.guest_procedure(department=department)
    started = at_once(*[lambda: starting.start_as_guest(procedure=procedure, request_key="k").pk] * 4)
    assert len(set(started)) == 1
    assert Application.objects.count() == 1


def test_a_guest_who_presses_twice_sends_once(municipality, department):
    pk = ready(filing.guest_procedure(department=department), "k")
    numbers = at_once(*[send(pk)] * 4)
    assert len(set(numbers)) == 1
    case = Application.objects.get()
    assert (case.state, case.revisions.count(), case.events.count()) == (ApplicationState.SUBMITTED, 1, 1)


def test_two_drafts_of_one_mailbox_send_one_where_one_is_allowed(municipality, department):
    procedure = filing.guest_procedure(department=department, once_per_applicant=True)
    results = at_once(*[send(ready(procedure, str(number))) for number in range(4)])
    assert len([found for found in results if isinstance(found, str)]) == 1
    assert Application.objects.exclude(number=None).count() == 1


def test_two_drafts_of_one_mailbox_both_go_where_nothing_counts_them(municipality, department):
    # the control: without the rule of the procedure nobody waits
    procedure = filing.guest_procedure(department=department)
    at_once(*[send(ready(procedure, str(number))) for number in range(4)])
    assert Application.objects.exclude(number=None).count() == 4


def test_two_accounts_take_over_one_application(municipality, department):
    pk = ready(filing.guest_procedure(department=department), "k")
    people = [factories.make_resident_user() for _number in range(4)]

    def take(person):
        return lambda: (
            guests.take_over(application=Application.objects.get(pk=pk), by=person.user, resident=person).filed_by_id
        )

    results = at_once(*[take(person) for person in people])
    assert len([found for found in results if isinstance(found, int)]) == 1
    assert Application.objects.get().filed_by_id in results


def test_two_managers_do_not_both_end_the_last_one(municipality):
    first, second = (factories.make_resident_user() for _number in range(2))
    firm = register_business(name="株式会社緑野商店", by=first.user)
    add_member(business=firm, user=second.user, by=first.user, is_manager=True)
    rows = list(BusinessMember.objects.order_by("id"))
    results = at_once(
        lambda: end_member(member=rows[1], by=first.user), lambda: end_member(member=rows[0], by=second.user)
    )
    assert [type(found) for found in results if found is not None] in ([LastManager], [type(results[0] or results[1])])
    assert BusinessMember.objects.filter(is_manager=True, ended_at=None).count() == 1


def test_pages_left_at_the_same_moment_are_all_remembered(municipality, department):
    draft = starting.start_as_guest(procedure=filing.guest_procedure(department=department), request_key="k")

    def leave(page):
        window = Application.objects.get(pk=draft.pk)
        return lambda: drafts.note_page(application=window, page=page, state=drafts.DONE)

    pages = [replace(page, key=f"{page.key}{number}") for page in filing.form().pages for number in range(3)]
    assert at_once(*[leave(page) for page in pages]) == [None] * 6
    assert Application.objects.get().page_states == {page.key: drafts.DONE for page in pages}


def test_one_person_taking_over_two_drafts_has_no_more_than_they_may(municipality, department, resident, monkeypatch):
    monkeypatch.setattr(starting, "MAX_DRAFTS", 1)
    procedure = filing.guest_procedure(department=department)
    keys = [ready(procedure, str(number)) for number in range(4)]

    def take(pk):
        return lambda: guests.take_over(application=Application.objects.get(pk=pk), by=resident.user, resident=resident)

    results = at_once(*[take(pk) for pk in keys])
    assert sorted(type(found) is starting.TooManyDrafts for found in results) == [False, True, True, True]
    assert Application.objects.filter(filed_by=resident.user).count() == 1


def test_two_registrations_at_once_are_both_counted(resident, monkeypatch):
    monkeypatch.setattr("residents.services.businesses.MAX_BUSINESSES", 1)

    def register(number):
        return lambda: register_business(name=f"緑野商店{number}", by=resident.user).pk

    results = at_once(*[register(number) for number in range(4)])
    assert sorted(type(found) is TooManyBusinesses for found in results) == [False, True, True, True]
