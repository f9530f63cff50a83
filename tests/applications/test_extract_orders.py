"""Profiles of extracts and the orders made from them."""

import threading

import pytest
from django.db import connection

from applications.models import Extract
from applications.services import extracts
from applications.tasks import make_extracts
from cityhall.enums import WorkState
from cityhall.models import AuditEvent
from tests.applications.extractkit import FIRST, make_case, make_procedure, make_profile, order, rows_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def procedure(department):
    return make_procedure(department)


# --- orders ----------------------------------------------------------------------------------


def test_the_button_pressed_twice_is_one_order(procedure, handler):
    profile = make_profile(procedure, handler)
    first = order(profile, handler, key="k")
    assert order(profile, handler, key="k") == first
    make_extracts()
    assert order(profile, handler, key="k") == first
    assert Extract.objects.count() == 1
    assert AuditEvent.objects.filter(action="export").count() == 1


def test_one_at_a_time_for_a_profile(procedure, handler):
    profile = make_profile(procedure, handler)
    order(profile, handler)
    with pytest.raises(extracts.ExtractRunning):
        order(profile, handler)
    make_extracts()
    assert order(profile, handler).state == WorkState.QUEUED


def test_a_file_of_no_columns_is_refused(procedure, handler):
    with pytest.raises(extracts.NothingToExtract):
        order(make_profile(procedure, handler, []), handler)


def test_an_order_keeps_the_profile_as_it_was(procedure, handler):
    make_case(procedure)
    profile = make_profile(procedure, handler)
    extract = order(profile, handler)
    extracts.set_columns(profile=profile, chosen={"state"}, by=handler)
    make_extracts()
    extract.refresh_from_db()
    assert rows_of(extract)[0] == ["受付番号"]


@pytest.mark.django_db(transaction=True)
def test_two_people_press_at_once_and_one_is_told(procedure, handler):
    if connection.vendor != "postgresql":
        pytest.skip("one writer at a time anyway")
    profile = make_profile(procedure, handler)
    barrier, outcomes = threading.Barrier(2), []

    def press(key):
        barrier.wait()
        try:
            order(profile, handler, key=key)
            outcomes.append("made")
        except extracts.ExtractRunning:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(key,)) for key in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["made", "told"]


# --- profiles --------------------------------------------------------------------------------


def test_a_new_profile_has_facts_and_every_question(procedure, handler):
    profile = extracts.create_profile(procedure=procedure, name="会計", by=handler)
    questions = [field["key"] for field in FIRST["pages"][0]["fields"]]
    assert profile.columns[:4] == ["number", "submitted_at", "state", "applicant_name"]
    assert profile.columns[4:] == [f"answer:{key}" for key in questions]
    with pytest.raises(extracts.NameTaken):
        extracts.create_profile(procedure=procedure, name="会計", by=handler)


def test_columns_move_by_name(procedure, handler):
    profile = make_profile(procedure, handler, ["number", "state", "handler"])

    def move(name, way):
        extracts.move_column(profile=profile, name=name, move=way, by=handler)
        profile.refresh_from_db()
        return profile.columns

    assert move("handler", "up") == ["number", "handler", "state"]
    assert move("number", "down") == ["handler", "number", "state"]
    assert move("state", "top") == ["state", "handler", "number"]
    assert move("handler", "drop") == ["state", "number"]
    events = AuditEvent.objects.count()
    assert move("state", "up") == ["state", "number"]
    assert move("number", "down") == ["state", "number"]
    assert move("handler", "top") == ["state", "number"]
    assert move("state", "sideways") == ["state", "number"]
    assert AuditEvent.objects.count() == events


def test_chosen_columns_keep_their_places(procedure, handler):
    profile = make_profile(procedure, handler, ["state", "number"])
    extracts.set_columns(profile=profile, chosen={"number", "state", "answer:note", "nonsense"}, by=handler)
    profile.refresh_from_db()
    assert profile.columns == ["state", "number", "answer:note"]
