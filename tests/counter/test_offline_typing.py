"""What a tablet sends without a button: kept once, never over what somebody else did, and with nothing of anybody's."""

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from applications.typed import as_data
from counter.enums import Mark, Source, VisitEventKind, VisitState
from counter.models import Visit, VisitEvent
from counter.services import visits
from counter.views.desk.asking import Screen
from tests.counter import deskkit, fillkit
from tests.counter.fillkit import REASON, complete, fresh

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


def typing(desk, visit, text, *, revision, number=1, key="tab-1", page="missing", query=""):
    address = reverse("visit_typing", args=[visit.public_id, page]) + query
    data = {"revision": revision, "request_key": key, "number": number, "on": REASON, f"q-{REASON}": text}
    return desk.post(address, data)


def typed(visit):
    row = fresh(visit)
    return row.values.get(REASON), row.sources.get(REASON)


def saved_events(visit):
    return VisitEvent.objects.filter(visit=visit, kind=VisitEventKind.SAVED, detail="missing").count()


def test_typing_is_kept_as_it_goes_on_with_one_event(desk, visit):
    begun = visit.revision
    first = typing(desk, visit, "転", revision=begun).json()
    second = typing(desk, visit, "転勤", revision=first["revision"], number=2).json()
    assert typed(visit) == ("転勤", Source.STAFF)
    assert (second["revision"], fresh(visit).revision) == (begun + 2, begun + 2)
    assert saved_events(visit) == 1


def test_the_same_sent_again_changes_nothing(desk, visit):
    begun = visit.revision
    answers = [typing(desk, visit, "転勤", revision=begun).json()["revision"] for _time in range(2)]
    assert answers == [begun + 1, begun + 1]
    assert fresh(visit).revision == begun + 1


def test_a_page_goes_on_after_an_answer_that_was_lost(desk, visit):
    begun = visit.revision
    typing(desk, visit, "転", revision=begun)
    # the tablet never heard of it: it still stands on the revision it began with
    assert typing(desk, visit, "転勤", revision=begun, number=2).status_code == 200
    assert typed(visit)[0] == "転勤"


def test_what_arrives_late_does_not_bring_back_what_was_before(desk, visit):
    begun = visit.revision
    typing(desk, visit, "転勤", revision=begun, number=2)
    assert typing(desk, visit, "転", revision=begun, number=1).status_code == 200
    assert typed(visit)[0] == "転勤"


def test_another_tablet_was_faster(desk, visit, handler, login):
    begun = visit.revision
    typing(desk, visit, "転", revision=begun)
    other = login(handler, Client())
    typing(other, visit, "結婚", revision=begun + 1, key="tab-2")
    answer = typing(desk, visit, "転勤", revision=begun, number=2)
    assert (answer.status_code, answer.json()["code"]) == (409, "stale_state")
    assert typed(visit)[0] == "結婚"
    # sent before, and answered late: told where it stood, not what it has not seen
    assert typing(other, visit, "結婚", revision=begun + 1, key="tab-2").json()["revision"] == begun + 2


def test_a_visit_that_is_read_or_over_takes_no_typing(desk, visit, clerk):
    Visit.objects.filter(pk=visit.pk).update(state=VisitState.REVIEWING)
    assert typing(desk, visit, "転勤", revision=visit.revision).status_code == 409
    Visit.objects.filter(pk=visit.pk).update(state=VisitState.FILLING)
    visits.leave(fresh(visit), keep=False, by=clerk)
    assert typing(desk, visit, "転勤", revision=fresh(visit).revision).status_code == 409
    assert typed(visit) == (None, None)


def test_the_button_goes_on_with_what_the_page_saved_by_itself(desk, visit):
    begun = visit.revision
    typing(desk, visit, "転勤", revision=begun)
    address = reverse("counter:visit_missing", args=[visit.public_id])
    data = {"revision": begun, "request_key": "tab-1", "on": REASON, f"q-{REASON}": "転勤のため", "action": "review"}
    desk.post(address, data)
    assert (typed(visit)[0], fresh(visit).state) == ("転勤のため", VisitState.REVIEWING)


def test_without_its_key_the_button_is_told_that_somebody_was_faster(desk, visit):
    begun = visit.revision
    typing(desk, visit, "転勤", revision=begun)
    address = reverse("counter:visit_missing", args=[visit.public_id])
    answer = desk.post(address, {"revision": begun, "request_key": "tab-9", "on": REASON, f"q-{REASON}": "結婚"})
    assert answer.status_code == 409
    assert typed(visit)[0] == "転勤"


def test_typing_leaves_marks_and_has_the_source_of_who_types(desk, visit):
    Visit.objects.filter(pk=visit.pk).update(marks={REASON: Mark.WRONG})
    typing(desk, visit, "転勤", revision=visit.revision, query="?facing=resident")
    assert typed(visit) == ("転勤", Source.RESIDENT)
    assert fresh(visit).marks == {REASON: Mark.WRONG}


def test_strangers_and_unknown_pages_find_nothing(desk, visit, login):
    assert typing(desk, visit, "x", revision=0, page="no-such-page").status_code == 404
    other = login(deskkit.stranger(), Client())
    assert typing(other, visit, "x", revision=visit.revision).status_code == 404
    assert typing(Client(), visit, "x", revision=visit.revision).status_code == 401
    assert typed(visit) == (None, None)


@pytest.mark.parametrize("number", ["", "x", "-1", "9" * 30])
def test_a_count_that_is_no_number_is_no_fault(desk, visit, number):
    assert typing(desk, visit, "転勤", revision=visit.revision, number=number).status_code == 200


@pytest.mark.parametrize("folder", ["visit", "certificate"])
def test_the_page_without_a_network_names_nobody_and_needs_nobody(client, municipality, folder):
    address = reverse(f"counter:{folder}_offline")
    page = client.get(address)
    assert (page.status_code, "csrf" in page.content.decode(), page.cookies) == (200, False, {})
    assert f'data-offline-own="{address}"' in page.content.decode()
    worker = client.get(reverse(f"counter:{folder}_worker"))
    assert worker["Content-Type"] == "text/javascript; charset=utf-8"


def test_the_page_says_whose_it_is_without_telling(desk, visit, login, handler):
    address = reverse("counter:visit_missing", args=[visit.public_id])
    mine, again = (desk.get(address).context["keeping"].owner for _time in range(2))
    assert mine == again != login(handler, Client()).get(address).context["keeping"].owner


@pytest.fixture
def family(place, clerk, department):
    """A household that was said before, and a form that asks for the spouse and the children."""
    household = [fillkit.person("r1", "美咲", 1990, "妻"), fillkit.person("r2", "葵", 2022, "子")]
    form = fillkit.make_procedure(department, fillkit.FAMILY)
    return fillkit.filling(place, clerk, [form], values={"household": household}, sources={})


def opened(visit, clerk, key):
    """The page with a question as a browser would send it: what is supposed stands in it."""
    screen = Screen(RequestFactory().get("/"), fresh(visit), clerk)
    number = next(n for n, one in enumerate(screen.combined.form.pages, 1) if key in {f.key for f in one.fields})
    page = screen.asking.page(number)
    return page.key, as_data(page.fields, screen.asking.begun(number).values)


def saved_by_itself(desk, visit, page, data, number=1):
    sent = data.copy()
    sent.update({"revision": str(fresh(visit).revision), "request_key": "tab-1", "number": str(number)})
    address = reverse("visit_typing", args=[visit.public_id, page])
    assert desk.post(address, dict(sent.lists())).status_code == 200
    return fresh(visit)


def test_what_is_supposed_is_not_saved_with_a_letter_elsewhere(desk, family, clerk):
    page, data = opened(family, clerk, "spouse_exists")
    assert data["q-spouse_exists"] == "yes"
    data["q-spouse_occupation"] = "農"
    row = saved_by_itself(desk, family, page, data)
    assert (row.values.get("spouse_exists"), row.values["spouse_occupation"]) == (None, "農")
    data["q-spouse_exists"] = "no"
    row = saved_by_itself(desk, family, page, data, 2)
    assert (row.values["spouse_exists"], row.sources["spouse_exists"]) == ("no", Source.STAFF)


def test_rows_that_are_supposed_are_saved_once_somebody_types_in_them(desk, family, clerk):
    page, data = opened(family, clerk, "children")
    assert "children" not in saved_by_itself(desk, family, page, data).values
    data["q-children.r1.p1_school"] = "緑"
    rows = saved_by_itself(desk, family, page, data, 2).values["children"]
    # it would not stand there again without them
    assert rows[0]["values"]["children_name"]["given"] == "葵"


def test_usual_answer_in_a_row_is_not_saved_with_a_letter_elsewhere(desk, family, clerk):
    held = {"id": "r1", "values": {"children_name": fillkit.name(given="葵")}}
    Visit.objects.filter(pk=family.pk).update(values=family.values | {"children": [held]})
    page, data = opened(family, clerk, "children")
    assert data["q-children.r1.children_living"] == "together"
    data["q-children.r1.p1_school"] = "緑"
    rows = saved_by_itself(desk, family, page, data).values["children"]
    assert set(rows[0]["values"]) == {"children_name", "p1_school"}
