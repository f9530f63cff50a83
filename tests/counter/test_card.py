"""A card that is read at the desk: orders, what comes back, and what becomes of it in the visit."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.urls import reverse

from cardbridge.config import from_mapping
from cardbridge.errors import Refused
from cardbridge.orders import Orders
from cityhall.enums import AuditAction
from cityhall.errors import StaleState
from cityhall.models import AuditEvent
from counter import card
from counter.card import CardAttributes
from counter.card_values import told_by
from counter.enums import Origin, Source, VisitState
from counter.errors import CardRefused, CardUnreadable
from counter.models import Visit
from counter.queries.card import people_of
from counter.services import visits
from counter.services.visits.filling import fill_known, take
from counter.services.visits.leaving import wiped
from tests import factories
from tests.counter import fillkit
from tests.counter.fillkit import fresh, name
from tests.counter.kit import NOW

pytestmark = pytest.mark.django_db
SENT = {
    "name": "高橋　さくら",
    "address": "東京都青梅市東青梅１丁目１１番地の１",
    "birth_date": "1990-04-12",
    "sex": "female",
}
SAID = CardAttributes(**SENT)
URL = "http://127.0.0.1:47365"


@pytest.fixture(autouse=True)
def _city(municipality):
    """Addresses are told apart with the name of the own city."""


@pytest.fixture
def place(department):
    return fillkit.make_place(department)


@pytest.fixture
def both(department):
    return fillkit.make_both(department)


@pytest.fixture
def visit(place, clerk):
    return visits.start(place=place, by=clerk, request_key="card", now=NOW)


def read(visit, by, said=SAID, nonce="n1"):
    visits.take_card(visit, said, nonce=nonce, by=by, now=NOW)
    return fresh(visit)


# --- orders --------------------------------------------------------------------------------------


def test_order_is_what_the_program_on_the_counter_takes(visit, clerk, capsys):
    call_command("card_bridge_key")
    lines = dict(line.split(" = ") for line in capsys.readouterr().out.splitlines())
    config = from_mapping({key: value.strip('"') for key, value in lines.items()})
    orders = Orders(config.key, config.origin)
    text = card.make_order(visit, clerk, NOW)
    taken = orders.take(text, NOW.timestamp() + 5)
    assert card.nonce_of(text, visit, clerk, NOW) == taken.nonce
    with pytest.raises(Refused):
        orders.take(text, NOW.timestamp() + 5)


def test_every_order_has_its_own_nonce(visit, clerk):
    texts = {card.make_order(visit, clerk, NOW) for _ in range(5)}
    assert len({card.nonce_of(text, visit, clerk, NOW) for text in texts}) == 5


def test_order_belongs_to_one_visit_and_one_person(visit, place, clerk, handler):
    text = card.make_order(visit, clerk, NOW)
    other = visits.start(place=place, by=clerk, request_key="other", now=NOW)
    for found, by in ((other, clerk), (visit, handler)):
        with pytest.raises(CardRefused):
            card.nonce_of(text, found, by, NOW)


@pytest.mark.parametrize(
    "change", [lambda text: "", lambda text: text[:-6], lambda text: "A" + text, lambda text: "ä.ö"]
)
def test_altered_order_is_refused(visit, clerk, change):
    with pytest.raises(CardRefused):
        card.nonce_of(change(card.make_order(visit, clerk, NOW)), visit, clerk, NOW)


@pytest.mark.parametrize(("minutes", "is_fit"), [(10, True), (12, False)])
def test_resident_may_look_for_the_card_a_while(visit, clerk, minutes, is_fit):
    text = card.make_order(visit, clerk, NOW)
    later = NOW + dt.timedelta(minutes=minutes)
    if is_fit:
        assert card.nonce_of(text, visit, clerk, later)
    else:
        with pytest.raises(CardRefused):
            card.nonce_of(text, visit, clerk, later)


def test_order_of_another_key_is_refused(visit, clerk, settings):
    text = card.make_order(visit, clerk, NOW)
    settings.LINK_KEY = "another"
    with pytest.raises(CardRefused):
        card.nonce_of(text, visit, clerk, NOW)


# --- what comes back -------------------------------------------------------------------------------


def test_attributes_are_kept_as_they_stand():
    said = SENT | {"name": "葛\U000e0100城　\ue000子", "sex": ""}
    assert card.attributes_from(said).as_json() == said


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"name": "改\n行"},
        {"name": "\ud800"},
        {"name": "長" * 300},
        {"birth_date": "1990-13-01"},
        {"birth_date": "2990-01-01"},
        {"birth_date": "きのう"},
        {"sex": "1"},
        # a number that passes the check of a My Number
        {"address": "東京都 123456789018"},
    ],
)
def test_what_no_card_holds_is_refused(change):
    with pytest.raises(CardUnreadable):
        card.attributes_from(SENT | change)


def test_nothing_of_a_person_is_in_the_words_of_an_object():
    assert "高橋" not in repr(SAID)


# --- in the visit ------------------------------------------------------------------------------------


def test_card_is_kept_for_procedures_that_come_later(visit, both, clerk):
    visit = read(visit, clerk)
    assert (visit.values, visit.card) == ({}, SENT | {"nonce": "n1"})
    visits.identify(visit, documents=["my_number_card"], resident=None, by=clerk, now=NOW)
    visits.add(visit, [(one, "") for one in both], origin=Origin.STAFF, by=clerk, now=NOW)
    fill_known(visit, clerk, now=NOW)
    visit = fresh(visit)
    assert visit.values["applicant_birth_date"] == fillkit.date(2, 4, 12, era="heisei")
    assert visit.values["applicant_name"]["family"] == "高橋"
    assert visit.values["applicant_address"] == {
        "postal_code": "1980042",
        "prefecture": "東京都",
        "city": "青梅市",
        "town": "東青梅",
        "street": "１丁目１１番地の１",
        "building": "",
    }
    assert set(visit.sources.values()) == {Source.CARD}
    revision = visit.revision
    fill_known(visit, clerk, now=NOW)
    assert fresh(visit).revision == revision


def test_card_that_says_the_same_in_other_boxes_adds_nothing(place, both, clerk):
    resident = factories.make_resident(prefecture="東京都", city="青梅市", town="東青梅", street="1-11-1", building="")
    visit = fillkit.identified(place, clerk, both, resident=resident)
    fill_known(visit, clerk, now=NOW)
    before = fresh(visit)
    after = read(before, clerk, CardAttributes(**SENT | {"address": "青梅市東青梅１丁目１１番地の１"}))
    assert (after.values, after.sources, after.offers) == (before.values, before.sources, {})


def test_what_differs_stands_beside_and_overwrites_nothing(place, both, clerk, resident):
    brought = {"applicant_name": name(given="桜")}
    visit = fillkit.identified(
        place, clerk, both, resident=resident, values=brought, sources={"applicant_name": Source.BROUGHT}
    )
    fill_known(visit, clerk, now=NOW)
    visit = read(fresh(visit), clerk)
    assert (visit.values["applicant_name"], visit.sources["applicant_name"]) == (name(given="桜"), Source.BROUGHT)
    # a card has no readings: taking its spelling loses none
    assert visit.offers["applicant_name"][Source.CARD] == name()
    assert visit.sources["applicant_address"] == Source.RECORD
    assert visit.offers["applicant_address"][Source.CARD]["city"] == "青梅市"
    assert "applicant_birth_date" not in visit.offers


def test_what_the_card_says_can_be_taken(place, both, clerk):
    values = {"applicant_name": name(given="桜")}
    visit = fillkit.filling(place, clerk, both, values=values, sources={"applicant_name": Source.STAFF})
    visit = read(visit, clerk)
    take(visit, key="applicant_name", source=Source.CARD, by=clerk, now=NOW)
    visit = fresh(visit)
    assert (visit.values["applicant_name"], visit.sources["applicant_name"]) == (name(), Source.CARD)


def test_same_reading_twice_is_one(visit, clerk):
    visit = read(visit, clerk)
    again = read(Visit.objects.get(pk=visit.pk), clerk)
    assert (again.revision, again.events.count()) == (visit.revision, visit.events.count())


def test_another_card_takes_the_place_of_the_first(place, both, clerk):
    visit = fillkit.filling(place, clerk, both)
    visit = read(visit, clerk)
    visit = read(visit, clerk, CardAttributes("鈴木　一郎", "", "1980-01-02", ""), nonce="n2")
    assert visit.values["applicant_name"]["family"] == "鈴木"
    assert "applicant_address" not in visit.values
    assert visit.card["nonce"] == "n2"


OTHER = CardAttributes("鈴木　一郎", "", "1980-01-02", "")


def test_second_card_leaves_what_the_other_sources_say(place, both, clerk):
    """Taken from the first card, what was brought stays beside; where the second says nothing, it is in force again."""
    address = fillkit.ADDRESS | {"postal_code": ""}
    brought = {"applicant_name": name(given="桜"), "applicant_address": address}
    visit = fillkit.filling(place, clerk, both, values=brought, sources=dict.fromkeys(brought, Source.BROUGHT))
    visit = read(visit, clerk)
    for key in brought:
        take(fresh(visit), key=key, source=Source.CARD, by=clerk, now=NOW)
    visit = read(fresh(visit), clerk, OTHER, nonce="n2")
    said = visit.values["applicant_name"]
    assert (said["family"], said.get("family_kana", "")) == ("鈴木", "")
    assert visit.sources["applicant_name"] == Source.CARD
    assert visit.offers["applicant_name"] == {Source.BROUGHT: name(given="桜")}
    assert (visit.values["applicant_address"], visit.sources["applicant_address"]) == (address, Source.BROUGHT)
    assert "applicant_address" not in visit.offers


def test_card_read_again_after_a_bad_reading_corrects_it(place, both, clerk, resident):
    visit = fillkit.identified(place, clerk, both, resident=resident)
    visit = read(visit, clerk, CardAttributes("髙橋　さくら", SENT["address"], "1990-04-12", ""))
    fill_known(visit, clerk, now=NOW)
    visit = read(fresh(visit), clerk, nonce="n2")
    assert (visit.values["applicant_name"]["family"], visit.sources["applicant_name"]) == ("高橋", Source.CARD)
    # what the city holds of the address is still beside what the card says
    assert Source.RECORD in visit.offers["applicant_address"]


@pytest.mark.parametrize(
    "state", sorted(set(VisitState) - {VisitState.OPEN, VisitState.IDENTIFIED, VisitState.FILLING})
)
def test_what_was_read_and_signed_gets_no_card(visit, clerk, state):
    done = {"identified_at": NOW, "identified_by": clerk, "received_at": NOW, "closed_at": NOW}
    Visit.objects.filter(pk=visit.pk).update(state=state, **done)
    with pytest.raises(StaleState):
        read(fresh(visit), clerk)


def test_slower_desk_is_told(visit, clerk):
    other = Visit.objects.get(pk=visit.pk)
    read(visit, clerk)
    with pytest.raises(StaleState):
        read(other, clerk, nonce="n2")


def test_card_is_wiped_with_the_visit(visit, clerk):
    visit = read(visit, clerk)
    Visit.objects.filter(pk=visit.pk).update(**wiped(NOW))
    assert fresh(visit).card == {}


def test_owner_is_found_by_name_in_any_shape_and_birth_date(visit, clerk, resident):
    factories.make_resident(birth_date=dt.date(1991, 4, 12))
    assert people_of(SAID) == [resident]
    assert people_of(CardAttributes(**SENT | {"name": "髙橋 さくら"})) == [resident]
    assert people_of(CardAttributes(**SENT | {"birth_date": ""})) == []
    read(visit, clerk)
    event = AuditEvent.objects.get(action=AuditAction.READ, target_type="visit")
    assert (event.object_ids, "高橋" in event.detail) == ([resident.public_id], False)


def test_address_is_compared_with_its_prefecture_and_narrow_numbers():
    assert told_by(SAID)["address"] == "東京都青梅市東青梅1丁目11番地の1"
    assert told_by(CardAttributes(**SENT | {"address": "青梅市東青梅1-11-1"}))["address"] == "東京都青梅市東青梅1-11-1"
    assert told_by(CardAttributes(**SENT | {"address": "どこか"}))["address"] == "どこか"


# --- pages ---------------------------------------------------------------------------------------------


@pytest.fixture
def desk(settings, clerk, login):
    settings.CARD_BRIDGE_URL = URL
    return login(clerk)


def url(visit, rest):
    return f"/staff/visits/{visit.public_id}/{rest}"


def send(desk, visit, **change):
    """Press the button, and send what the program said."""
    order = desk.post(url(visit, "card/order/")).json()["order"]
    content = SENT | {"order": order, "revision": fresh(visit).revision}
    return desk.post(url(visit, "card/"), content | change, follow=True)


def test_card_that_was_read_leads_to_its_owner(desk, visit, resident):
    page = send(desk, visit).content.decode()
    assert "カードを読み取りました" in page
    assert "カードとの照合" in page
    assert f'value="{resident.public_id}"' in page
    assert fresh(visit).card["name"] == SENT["name"]


def test_only_the_difference_is_shown_beside_the_record(desk, visit, resident):
    page = send(desk, visit, address="東京都緑野市緑町3-30-9").content.decode()
    difference = page.split("住所（カード）")[1].split("</div>")[0]
    assert "緑野市" not in difference
    assert "＊" in difference


def test_clerk_judges_a_card_of_somebody_else(desk, visit, resident):
    send(desk, visit, address="東京都青梅市東青梅1-11-1")
    data = {"action": "identify", "who": resident.public_id, "documents": ["my_number_card"], "companion": ""}
    response = desk.post(url(visit, "identify/"), data | {"revision": fresh(visit).revision})
    assert (response.status_code, fresh(visit).state) == (422, VisitState.OPEN)
    desk.post(url(visit, "identify/"), data | {"revision": fresh(visit).revision, "judged": "on"})
    assert fresh(visit).state == VisitState.IDENTIFIED


def test_order_of_another_visit_is_refused_in_a_sentence(desk, visit, place, clerk):
    other = visits.start(place=place, by=clerk, request_key="other", now=NOW)
    page = send(desk, visit, order=card.make_order(other, clerk, NOW)).content.decode()
    assert "ほかの来庁の読み取り" in page
    assert fresh(visit).card == {}


def test_stale_page_and_odd_content_are_refused_in_a_sentence(desk, visit):
    assert "カードの内容を受け取れませんでした" in send(desk, visit, birth_date="x").content.decode()
    assert str(StaleState()) in send(desk, visit, revision=7).content.decode()
    assert fresh(visit).card == {}


def test_page_may_connect_to_the_program_and_to_nothing_else(desk, visit, settings):
    policy = desk.get(url(visit, "identify/")).headers["Content-Security-Policy"]
    parts = dict(part.strip().split(" ", 1) for part in policy.split(";") if part.strip())
    assert parts["connect-src"] == f"'self' {URL}"
    assert URL not in desk.get("/staff/visits/").headers["Content-Security-Policy"]
    settings.CARD_BRIDGE_URL = ""
    response = desk.get(url(visit, "identify/"))
    assert URL not in response.headers["Content-Security-Policy"]
    assert "data-card-reader" not in response.content.decode()
    assert desk.post(url(visit, "card/order/")).status_code == 409


def test_strangers_find_nothing(settings, visit, login):
    settings.CARD_BRIDGE_URL = URL
    from tests.counter.deskkit import stranger

    browser = login(stranger())
    for rest in ("card/", "card/order/"):
        assert browser.post(url(visit, rest), SENT).status_code == 404
        assert browser.get(url(visit, rest)).status_code in (404, 405)
    assert fresh(visit).card == {}


def test_administration_shows_nothing_of_the_card(visit, clerk, administrator, login):
    read(visit, clerk)
    page = login(administrator).get(reverse("admin:counter_visit_change", args=[visit.pk]))
    assert (page.status_code, "高橋" in page.content.decode()) == (200, False)
