"""Going on by hand: a visit's sheet and blank ones, typed in once, on the day they were handed in; nothing to steal."""

import datetime as dt
import io

import pikepdf
import pytest
from django.test import Client
from django.urls import reverse

from applications.models import Application
from cityhall.days import local_date
from counter import codes
from counter.enums import CodeKind, PrefillState, PrintKind, Source, VisitEventKind, VisitState
from counter.errors import NoSuchPrefill, PrefillUsed
from counter.models import Prefill, PrefillScan, PrintJob, Visit, VisitEvent
from counter.services import visits
from tests.counter import deskkit, fillkit, receivingkit
from tests.counter.fillkit import KIND, REASON, complete, fresh
from tests.counter.kit import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(department, municipality):
    return fillkit.make_place(department)


@pytest.fixture
def visit(place, clerk, department):
    values = {key: value for key, value in complete().items() if key != REASON}
    return fillkit.filling(place, clerk, fillkit.make_both(department), values=values, sources={})


@pytest.fixture
def desk(login, clerk):
    return login(clerk)


def scan(text, place, by, key="k", now=NOW):
    return visits.start_with_code(text=text, place=place, by=by, request_key=key, now=now)


def texts(content):
    """What fonts were given to draw: a PDF has glyphs, so only whether something is drawn is asked of it."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return len(pdf.pages)


# --- the sheet of a visit -----------------------------------------------------------------------


def test_the_sheet_of_a_visit_leads_back_to_it(visit, place, clerk, handler):
    code = visits.to_paper(visit, clerk, now=NOW)
    assert visits.to_paper(fresh(visit), clerk, now=NOW) == code
    found = scan(code, place, handler)
    assert (found.pk, found.paper_on) == (visit.pk, visit.business_day)
    assert scan(code, place, clerk, key="other").pk == visit.pk
    assert Visit.objects.count() == 1
    kinds = VisitEvent.objects.filter(visit=visit).values_list("kind", flat=True)
    assert [list(kinds).count(kind) for kind in (VisitEventKind.ON_PAPER, VisitEventKind.FROM_PAPER)] == [1, 1]


def test_what_is_typed_from_paper_says_so(desk, visit, place, clerk):
    scan(visits.to_paper(visit, clerk, now=NOW), place, clerk)
    address = reverse("counter:visit_missing", args=[visit.public_id])
    assert "用紙から入力しています" in desk.get(address).content.decode()
    data = {"revision": fresh(visit).revision, "on": REASON, f"q-{REASON}": "転勤のため", "action": "review"}
    desk.post(address, data)
    assert fresh(visit).sources[REASON] == Source.PAPER
    assert (fresh(visit).state, fresh(visit).asked_count) == (VisitState.REVIEWING, 1)


def test_the_code_is_in_no_table_and_opens_nothing_elsewhere(visit, place, clerk, municipality):
    code = visits.to_paper(visit, clerk, now=NOW)
    token = codes.read_code(code).token
    row = Visit.objects.filter(pk=visit.pk).values().get()
    assert token not in str(row)
    assert row["paper_lookup"] == codes.lookup_of(token)
    assert not Prefill.objects.exists()
    stranger = deskkit.stranger()
    with pytest.raises(NoSuchPrefill):
        scan(code, place, stranger)
    assert fresh(visit).paper_on is None
    other_city = codes.full_code("011002", token)
    assert visits.take_sheet(other_city, clerk, now=NOW) is None


def test_a_key_of_another_server_makes_another_code(visit, settings):
    mine = visits.papers.sheet_token(visit)
    settings.LINK_KEY = "another key that is long enough for a server"
    assert visits.papers.sheet_token(visit) != mine


def test_a_sheet_that_was_left_over_night_begins_the_visit_anew_once(visit, place, clerk, handler):
    code = visits.to_paper(visit, clerk, now=NOW)
    next_day = NOW + dt.timedelta(days=1)
    visits.end_days(now=next_day)
    anew = scan(code, place, handler, now=next_day)
    assert (anew.pk != visit.pk, anew.state, anew.paper_on) == (True, VisitState.OPEN, visit.business_day)
    names = [[one.procedure.name for one in row.procedures.all()] for row in (visit, anew)]
    assert names[0] == names[1] == ["児童手当", "転居届"]
    assert scan(code, place, clerk, now=next_day).pk == anew.pk


def test_what_was_received_is_not_typed_in_again(place, department, clerk):
    procedure = receivingkit.make_procedure(department)
    visit = receivingkit.signed(place, clerk, [procedure])
    code = visits.to_paper(visit, clerk, now=NOW)
    visits.receive(fresh(visit), by=clerk, papers_seen=receivingkit.papers(procedure), now=NOW)
    found = scan(code, place, clerk)
    assert (found.pk, found.state, found.paper_on) == (visit.pk, VisitState.RECEIVED, None)


def test_the_day_the_sheet_was_handed_in_is_the_day_it_is_received_on(place, department, clerk):
    procedure = receivingkit.make_procedure(department)
    visit = receivingkit.signed(place, clerk, [procedure])
    scan(visits.to_paper(visit, clerk, now=NOW), place, clerk)
    day = local_date(NOW) - dt.timedelta(days=3)
    visits.set_paper_day(fresh(visit), day, clerk, now=NOW)
    visits.receive(fresh(visit), by=clerk, papers_seen=receivingkit.papers(procedure), now=NOW)
    application = Application.objects.get()
    assert application.received_on == day
    assert "手書きの用紙から入力" in application.reception.identity_note


@pytest.mark.parametrize("day", ["", "x", "2999-01-01", "2001-01-01"])
def test_a_day_that_cannot_be_changes_nothing(desk, visit, place, clerk, day):
    address = reverse("counter:visit_paper_day", args=[visit.public_id])
    assert desk.post(address, {"revision": fresh(visit).revision, "day": "2026-11-20"}).status_code == 404
    scan(visits.to_paper(visit, clerk, now=NOW), place, clerk)
    before = fresh(visit).paper_on
    assert desk.post(address, {"revision": fresh(visit).revision, "day": day}).status_code == 302
    assert fresh(visit).paper_on == before


def test_the_sheet_is_printed_with_what_is_answered_and_counted(desk, visit, login):
    address = reverse("counter:visit_sheet", args=[visit.public_id])
    answers = [desk.post(address, {"revision": fresh(visit).revision}) for _time in range(2)]
    assert [(one.status_code, one["Content-Type"], one["Cache-Control"]) for one in answers] == [
        (200, "application/pdf", "no-store")
    ] * 2
    assert texts(answers[0].content) >= 1
    assert PrintJob.objects.filter(visit=visit, kind=PrintKind.FALLBACK).count() == 2
    assert login(deskkit.stranger(), Client()).post(address, {"revision": 0}).status_code == 404


def test_a_visit_without_procedures_has_no_sheet(desk, place, clerk):
    bare = deskkit.start(place, clerk)
    answer = desk.post(reverse("counter:visit_sheet", args=[bare.public_id]), {"revision": bare.revision})
    assert (answer.status_code, Visit.objects.get(pk=bare.pk).paper_lookup) == (302, None)


# --- blank sheets -------------------------------------------------------------------------------


def test_a_blank_sheet_begins_one_visit_with_its_procedures(place, department, clerk):
    chosen = fillkit.make_both(department)
    first, second = visits.make_sheets(chosen, count=2, by=clerk, now=NOW)
    assert Prefill.objects.filter(is_paper=True, state=PrefillState.OPEN).count() == 2
    visit = scan(first, place, clerk)
    assert [one.procedure.name for one in visit.procedures.all()] == ["児童手当", "転居届"]
    assert (visit.values, visit.paper_on) == ({}, local_date(NOW))
    assert scan(first, place, clerk, key="again").pk == visit.pk
    assert scan(second, place, clerk, key="second").pk != visit.pk
    visits.leave(visit, keep=False, by=clerk, now=NOW)
    with pytest.raises(PrefillUsed):
        scan(first, place, clerk, key="late")


def test_digits_of_a_blank_sheet_can_be_told(place, department, clerk):
    (code,) = visits.make_sheets(fillkit.make_both(department), count=1, by=clerk, now=NOW)
    spoken = codes.spoken_code(codes.read_code(code).token)
    assert scan(spoken, place, clerk).paper_on == local_date(NOW)
    assert PrefillScan.objects.get().kind == CodeKind.SPOKEN


def test_blank_sheets_are_printed_with_a_page_each(desk, department, municipality):
    chosen = fillkit.make_both(department)
    data = {"procedures": [one.key for one in chosen], "count": 3}
    answer = desk.post(reverse("counter:paper_pad"), data)
    assert answer["Content-Type"] == "application/pdf"
    assert texts(answer.content) == 3
    assert Prefill.objects.filter(is_paper=True).count() == 3


@pytest.mark.parametrize(
    "data", [{"count": "2"}, {"procedures": "no-such", "count": 1}, {"count": "0"}, {"count": "x"}]
)
def test_a_pad_of_nothing_is_told_at_its_fields(desk, department, municipality, data):
    fillkit.make_both(department)
    answer = desk.post(reverse("counter:paper_pad"), data)
    assert answer.status_code == 422
    assert not Prefill.objects.exists()


def test_a_consent_on_paper_says_to_what():
    from applications.definition import Field
    from applications.enums import FieldType
    from counter.printing.fallback import _question

    one = Field("terms", FieldType.CONSENT, "同意", consent_text="市が記録を確認します。", consent_version="1")
    assert "市が記録を確認します。" in str(_question(one, None)["text"])


@pytest.mark.parametrize(
    ("most", "filled", "lines", "said"),
    [(10, 0, 5, "番号6から続けて書き"), (10, 2, 7, "あと3件まで"), (5, 0, 5, ""), (2, 1, 2, ""), (None, 0, 5, "")],
)
def test_a_group_on_paper_has_lines_with_a_reading_and_says_where_to_go_on(most, filled, lines, said):
    from applications.definition import Field
    from applications.enums import FieldType
    from counter.printing.fallback import _group

    people = Field("people", FieldType.ROWS, "世帯員", fields=(Field("who", FieldType.NAME, "氏名"),), max_rows=most)
    rows = [{"id": str(number), "values": {"who": fillkit.name()}} for number in range(filled)]
    [table] = _group(people, rows)
    assert (len(table["lines"]), said in str(table["more"]), bool(table["more"])) == (lines, True, bool(said))
    assert all(line[0]["kana"] for line in table["lines"])


def test_the_signature_stands_on_a_page_with_questions():
    from counter.printing.fallback import _with_the_end_kept

    rows = [{"kind": "text", "label": str(number)} for number in range(4)]
    kept = _with_the_end_kept([{"title": "a", "parts": [{"kind": "rows", "rows": rows}]}])
    assert kept["sections"][0]["parts"][0]["rows"] + kept["last"] == rows
    assert len(kept["last"]) == 2
    # a person's block and a table of people are not torn apart
    for part in ({"kind": "rows", "label": "世帯員 1", "rows": rows}, {"kind": "group", "lines": []}):
        assert _with_the_end_kept([{"title": "a", "parts": [part]}])["last"] == []
    assert _with_the_end_kept([]) == {"sections": [], "last": []}


def test_the_head_of_a_sheet_leaves_out_what_is_unknown(visit):
    from counter.views.desk.papers import _whose

    visit.values, visit.resident, visit.ticket = {}, None, None
    told = _whose(visit)
    assert told.endswith("から")
    assert "番号札" not in told


def test_every_kind_of_question_has_a_place_on_paper(department, municipality):
    from applications.definition import form_of
    from counter.combined import Part, combine
    from counter.printing.fallback import Fallback, fallback_pdf

    procedure = fillkit.make_procedure(department)
    combined = combine([Part("one", form_of(procedure.current_version), title="児童手当")], at_desk=True)
    # a character that no font has is written by hand
    values = {"applicant_name": fillkit.name(family="\U000e0101"), KIND: "cash", "children": [fillkit.child()]}
    code = codes.full_code("141305", codes.new_token())
    made = [fallback_pdf(Fallback(combined, [code], "緑野市", said, "about"), moment=NOW) for said in (values, {})]
    assert [texts(one) for one in made] == [1, 1]
    assert made[0] != made[1]
