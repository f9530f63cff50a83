"""A code at a desk: found once, refused in words, every try written down."""

import datetime as dt

import pytest
from django.core.cache import cache

from cityhall.errors import StaleState
from counter import codes
from counter.enums import CodeKind, PrefillState, ScanResult
from counter.errors import (
    IncompleteCode,
    NoSuchPrefill,
    OtherCity,
    PrefillDeleted,
    PrefillExpired,
    PrefillUsed,
    TooManyWrongCodes,
    UnreadableCode,
)
from counter.models import PrefillScan
from counter.services import prefills
from tests.counter.kit import NOW, VALUES, keep

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_count():
    cache.clear()


@pytest.fixture
def city(municipality):
    return municipality.code


def scans():
    return list(PrefillScan.objects.values_list("kind", "result", "prefill"))


def test_scanned_code_is_used_up_once(city, clerk):
    prefill, token = keep()
    found = prefills.find_scanned(codes.full_code(city, token), by=clerk, now=NOW)
    assert (found.prefill, found.values, found.kind) == (prefill, VALUES, CodeKind.SCANNED)
    prefills.redeem(found, by=clerk, now=NOW)
    prefill.refresh_from_db()
    assert (prefill.state, prefill.answers, prefill.ended_at) == (PrefillState.REDEEMED, "", NOW)
    with pytest.raises(PrefillUsed):
        prefills.find_scanned(codes.full_code(city, token), by=clerk, now=NOW)
    with pytest.raises(PrefillUsed):
        prefills.open_kept(token, now=NOW)
    assert scans() == [
        (CodeKind.SCANNED, ScanResult.REDEEMED, prefill.pk),
        (CodeKind.SCANNED, ScanResult.USED, prefill.pk),
    ]


def test_spoken_code_opens_the_same(city, clerk):
    prefill, token = keep()
    found = prefills.find_spoken(codes.written(codes.spoken_code(token)), by=clerk, now=NOW)
    assert (found.prefill, found.values, found.kind) == (prefill, VALUES, CodeKind.SPOKEN)


def test_two_desks_at_once_use_it_once(city, clerk, handler):
    _prefill, token = keep()
    found = [prefills.find_scanned(codes.full_code(city, token), by=by, now=NOW) for by in (clerk, handler)]
    prefills.redeem(found[0], by=clerk, now=NOW)
    with pytest.raises(StaleState):
        prefills.redeem(found[1], by=handler, now=NOW)


def test_what_was_changed_since_it_was_read_is_read_again(city, clerk):
    prefill, token = keep()
    found = prefills.find_scanned(codes.full_code(city, token), by=clerk, now=NOW)
    procedures = [one.procedure for one in prefill.procedures.all()]
    prefills.keep(token=token, procedures=procedures, values={"p1_reason": "訂正"}, now=NOW)
    with pytest.raises(StaleState):
        prefills.redeem(found, by=clerk, now=NOW)
    again = prefills.find_scanned(codes.full_code(city, token), by=clerk, now=NOW)
    prefills.redeem(again, by=clerk, now=NOW)
    assert again.values == {"p1_reason": "訂正"}


@pytest.mark.parametrize(
    ("text", "error", "result"),
    [
        ("", UnreadableCode, ScanResult.UNREADABLE),
        ("FY1132993" + "A" * 25, IncompleteCode, ScanResult.UNREADABLE),
        ("FY1999999" + "A" * 26, OtherCity, ScanResult.OTHER_CITY),
        ("FY1{city}" + "A" * 26, NoSuchPrefill, ScanResult.UNKNOWN),
    ],
)
def test_every_wrong_scan_has_its_sentence_and_its_row(city, clerk, text, error, result):
    with pytest.raises(error) as caught:
        prefills.find_scanned(text.replace("{city}", city), by=clerk, now=NOW)
    assert (type(caught.value), scans()) == (error, [(CodeKind.SCANNED, result, None)])


def test_expired_and_deleted_are_told_apart(city, clerk):
    expired, token = keep(visit_on=dt.date(2026, 11, 21))
    deleted, other = keep()
    prefills.delete(token=other, now=NOW)
    with pytest.raises(PrefillExpired):
        prefills.find_scanned(codes.full_code(city, token), by=clerk, now=expired.expires_at)
    with pytest.raises(PrefillDeleted):
        prefills.find_spoken(codes.spoken_code(other), by=clerk, now=NOW)
    assert scans() == [
        (CodeKind.SCANNED, ScanResult.EXPIRED, expired.pk),
        (CodeKind.SPOKEN, ScanResult.DELETED, deleted.pk),
    ]


def test_five_guesses_and_no_more(city, clerk, handler):
    """A slip that the check digit finds is no guess; another member of staff is not held up."""
    _prefill, token = keep()
    right = codes.spoken_code(token)
    guesses = [codes.spoken_code(codes.new_token()) for _ in range(5)]
    with pytest.raises(UnreadableCode):
        prefills.find_spoken("1234567891", by=clerk, now=NOW)
    for guess in guesses:
        with pytest.raises(NoSuchPrefill):
            prefills.find_spoken(guess, by=clerk, now=NOW)
    with pytest.raises(TooManyWrongCodes):
        prefills.find_spoken(right, by=clerk, now=NOW)
    assert prefills.find_spoken(right, by=handler, now=NOW).values == VALUES
    assert prefills.find_scanned(codes.full_code(city, token), by=clerk, now=NOW).values == VALUES


def test_log_holds_no_code(city, clerk):
    _prefill, token = keep()
    prefills.find_scanned(codes.full_code(city, token), by=clerk, now=NOW)
    with pytest.raises(NoSuchPrefill):
        prefills.find_scanned(f"FY1{city}{codes.new_token()}", by=clerk, now=NOW)
    row = PrefillScan.objects.values().get()
    assert set(row) == {"id", "prefill_id", "kind", "result", "by_id", "at"}
