"""Prefills: kept, changed, deleted and expired; what the database alone tells of them."""

import datetime as dt
import json

import pytest
from django.db import IntegrityError, connection, transaction

from applications.services.drafts import NotOpen
from cityhall.days import TOKYO
from counter import codes
from counter.enums import PrefillState
from counter.errors import (
    NoSuchPrefill,
    NothingChosen,
    PrefillDeleted,
    PrefillExpired,
    TooManyProcedures,
)
from counter.models import Prefill
from counter.services import prefills
from tests.counter.kit import NOW, VALUES, keep, make_procedures

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def test_what_is_kept_opens_with_its_token():
    prefill, token = keep(sources={"applicant_name": "record"})
    kept = prefills.open_kept(token, now=NOW)
    assert (kept.prefill, kept.values, kept.sources) == (prefill, VALUES, {"applicant_name": "record"})
    assert [one.position for one in prefill.procedures.all()] == [1, 2]


def test_the_same_page_sent_twice_is_one_prefill():
    first, token = keep(procedures=make_procedures(1))
    procedures = [one.procedure for one in first.procedures.all()]
    again, _token = keep(token, procedures)
    assert (again.pk, Prefill.objects.count(), first.procedures.count()) == (first.pk, 1, 1)


def test_changing_replaces_answers_and_procedures():
    one, two, three = make_procedures(3)
    _prefill, token = keep(procedures=[one, two])
    prefills.keep(token=token, procedures=[three, one], values={"p1_reason": "訂正"}, now=NOW + DAY)
    kept = prefills.open_kept(token, now=NOW + DAY)
    assert kept.values == {"p1_reason": "訂正"}
    assert [row.procedure for row in kept.prefill.procedures.all()] == [three, one]
    assert (kept.prefill.revision, kept.prefill.created_at, kept.prefill.changed_at) == (1, NOW, NOW + DAY)


def test_code_ends_with_the_visit_day_in_tokyo():
    prefill, token = keep(visit_on=dt.date(2026, 11, 25))
    assert prefill.expires_at == dt.datetime(2026, 11, 26, 0, 0, tzinfo=TOKYO)
    assert prefills.keeping.last_day_of(prefill) == dt.date(2026, 11, 25)
    last = prefill.expires_at - dt.timedelta(seconds=1)
    assert prefills.open_kept(token, now=last).values == VALUES
    with pytest.raises(PrefillExpired):
        prefills.open_kept(token, now=prefill.expires_at)


@pytest.mark.parametrize("visit_on", [None, dt.date(2027, 3, 1)])
def test_code_ends_after_thirty_days_at_most(visit_on):
    prefill, _token = keep(visit_on=visit_on)
    assert prefill.expires_at == NOW + 30 * DAY


def test_deleting_wipes_and_twice_changes_nothing():
    prefill, token = keep()
    assert [prefills.delete(token=token, now=NOW), prefills.delete(token=token, now=NOW)] == [True, False]
    prefill.refresh_from_db()
    assert (prefill.state, prefill.answers, prefill.key_by_token, prefill.key_by_spoken) == ("deleted", "", "", "")
    with pytest.raises(PrefillDeleted):
        prefills.open_kept(token, now=NOW)
    with pytest.raises(PrefillDeleted):
        keep(token)


def test_expired_answers_are_wiped_once():
    prefill, _token = keep(visit_on=dt.date(2026, 11, 21))
    _later, _other = keep(visit_on=dt.date(2026, 11, 25))
    at = prefill.expires_at
    assert [prefills.expire(now=at), prefills.expire(now=at)] == [1, 0]
    prefill.refresh_from_db()
    assert (prefill.state, prefill.answers, prefill.ended_at) == (PrefillState.EXPIRED, "", at)


def test_old_prefills_are_forgotten(settings):
    settings.VISITOR_KEPT_DAYS = 90
    _prefill, token = keep()
    prefills.delete(token=token, now=NOW)
    assert [prefills.forget(now=NOW + days * DAY) for days in (89, 90, 91)] == [0, 1, 0]
    with pytest.raises(NoSuchPrefill):
        prefills.open_kept(token, now=NOW)


def test_nothing_and_too_much_are_refused():
    with pytest.raises(NothingChosen):
        prefills.keep(token=codes.new_token(), procedures=[], values={}, now=NOW)
    with pytest.raises(TooManyProcedures):
        prefills.keep(token=codes.new_token(), procedures=make_procedures(1) * 21, values={}, now=NOW)


@pytest.mark.parametrize("fields", [{"state": "closed"}, {"mode": "guide_only"}, {"applicant_kinds": ["staff"]}])
def test_what_has_no_form_at_the_counter_is_refused(fields):
    (procedure,) = make_procedures(1)
    for name, value in fields.items():
        setattr(procedure, name, value)
    procedure.save()
    procedure.refresh_from_db()
    with pytest.raises(NotOpen):
        keep(procedures=[procedure])


def test_portals_opening_period_does_not_bind():
    closed = make_procedures(1, closes_at=NOW - DAY)
    assert keep(procedures=closed)[0].state == PrefillState.OPEN


def test_stolen_database_opens_nothing(settings):
    """All columns of the row, and the server's code, without the server's keys and without the QR."""
    _prefill, token = keep()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM counter_prefill")
        row = " ".join(str(value) for value in cursor.fetchone())
    spoken = codes.spoken_code(token)
    for secret in (token, spoken, codes.key_part(token), "高橋", "さくら", "引っ越したため"):
        assert secret not in row
    # even with the token: the server's keys are no part of the database
    settings.OUTBOX_KEY = "the key of whoever stole the database, 32 characters"
    with pytest.raises(NoSuchPrefill):
        prefills.open_kept(token, now=NOW)


def test_stolen_database_and_server_key_open_nothing_without_a_code():
    prefill, token = keep()
    sealed = prefills.keeping.sealed_of(prefill)
    other = codes.new_token()
    for attempt in (other, other.lower(), prefill.lookup, prefill.public_id):
        with pytest.raises(prefills.keeping.CannotDecrypt):
            prefills.keeping.open_by_token(attempt, sealed)
    assert json.loads(json.dumps(prefills.keeping.open_by_token(token, sealed)))["values"] == VALUES


@pytest.mark.parametrize(
    "fields",
    [{"answers": ""}, {"key_by_token": ""}, {"state": "deleted"}, {"state": "redeemed", "ended_at": NOW}],
)
def test_database_refuses_answers_that_stay_and_codes_without_answers(fields):
    prefill, _token = keep()
    with pytest.raises(IntegrityError), transaction.atomic():
        Prefill.objects.filter(pk=prefill.pk).update(**fields)
