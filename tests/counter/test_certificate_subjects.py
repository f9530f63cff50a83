"""Whose certificate is asked for: said, found in the register, stopped at where somebody is protected (支援措置)."""

import datetime as dt
from http import HTTPStatus

import pytest
from django.urls import reverse

from applications.models import Application
from cityhall.days import today
from cityhall.models import AuditEvent
from counter.enums import Companion, Relation, VisitState
from counter.errors import NotOfFamily, ProtectedUnconfirmed, SubjectMismatch
from counter.models import CertificateOrder, HandOver
from counter.queries.certificates import protected_in
from counter.queries.hand_overs import document, with_content
from counter.services import certificates, visits
from counter.services.certificates import Requester
from counter.subjects import NOBODY, Subject
from residents.models import Household
from residents.permissions import VIEW
from tests import factories
from tests.counter import certkit
from tests.counter.kit import NOW

pytestmark = pytest.mark.django_db
FAR = today() + dt.timedelta(days=365)
ABOUT = Subject("緑野 太郎", "ミドリノ\u3000タロウ", "昭和40年1月1日", "緑野市本町1-1")
BIRTH = {"key": "applicant_birth", "type": "date", "label": "生年月日", "concept": "applicant.birth_date"}


@pytest.fixture
def place(municipality, department):
    return certkit.make_place(department)


@pytest.fixture
def one(department):
    return [certkit.make_certificate(department, fields=(certkit.SCOPE, certkit.COPIES, BIRTH))]


@pytest.fixture
def desk(login, clerk):
    return login(clerk)


@pytest.fixture
def visit(place, clerk, resident, one):
    return certkit.asking(place, clerk, one, resident=resident)


def third(**fields):
    return Requester(Relation.THIRD, "債権の回収のため", about=fields.pop("about", ABOUT), **fields)


def protected(*, family="隠野", given="花", **fields):
    born = {"birth_date": dt.date(1985, 4, 1), "birth_year": 1985, "birth_month": 4, "birth_day": 1}
    return factories.make_resident(family=family, given=given, protected_until=FAR, **born | fields)


def address_of(visit):
    return reverse("counter:certificate", args=[visit.public_id])


def send(desk, visit, action="next", **data):
    row = certkit.fresh(visit)
    values = {"revision": row.revision, "on": "p1_scope p1_copies", "action": action, "relation": "third"}
    values |= {"q-p1_scope": "all", "q-p1_copies": "1", "reason": "債権の回収のため"}
    return desk.post(address_of(visit), values | data)


# the service


def test_the_subject_is_kept_in_parts_and_read_in_one_line(visit, clerk):
    certificates.say(visit, third(), by=clerk, now=NOW)
    order = CertificateOrder.objects.get()
    assert (order.subject_name, order.subject_birth, order.subject_address) == (ABOUT.name, ABOUT.birth, ABOUT.address)
    assert order.subject_line == "緑野 太郎　ミドリノ\u3000タロウ　昭和40年1月1日生　緑野市本町1-1"


def test_who_asks_for_themselves_leaves_no_trace_of_a_subject(visit, clerk):
    certificates.say(visit, third(), by=clerk, now=NOW)
    certificates.say(certkit.fresh(visit), Requester(Relation.SELF, about=ABOUT), by=clerk, now=NOW)
    assert CertificateOrder.objects.get().subject_line == ""


def test_the_terminal_gets_the_parts_and_the_number_of_the_register(place, clerk, resident, one):
    person = factories.make_resident(family="緑野", given="太郎")
    person.external_ids.create(kind="resident_number", value="0012345")
    about = Subject("緑野 太郎", "", ABOUT.birth, "", person)
    certkit.paid(place, clerk, one, resident=resident, requester=third(about=about))
    said = document(with_content(HandOver.objects.all()).get())["certificate"]["about"]
    assert said == {
        "name": "緑野 太郎",
        "kana": "",
        "birth_date": "1965-01-01",
        "address": "",
        "other": "",
        "resident_number": "0012345",
        "is_address_protected": False,
    }


def test_the_protected_are_found_whoever_they_are(visit, resident):
    person = protected()
    said = [
        NOBODY,
        Subject("隠野 花"),
        Subject("隠野　花", birth="昭和60年4月1日"),
        Subject("隠野 花", birth="昭和61年4月1日"),
        Subject(resident=person),
    ]
    assert [bool(protected_in(visit, one)) for one in said] == [False, True, True, False, True]
    resident.protected_until = FAR
    resident.save(update_fields=["protected_until"])
    assert len(protected_in(certkit.fresh(visit), said[1])) == 2


def test_somebody_protected_in_the_household_stops_as_well(visit, resident):
    home = Household.objects.create()
    protected(household=home)
    resident.household = home
    resident.save(update_fields=["household"])
    assert len(protected_in(certkit.fresh(visit), NOBODY)) == 1


def test_nothing_goes_on_about_the_protected_before_a_superior_was_asked(visit, clerk):
    person = protected()
    with pytest.raises(ProtectedUnconfirmed):
        certificates.to_signature(visit, third(about=Subject(resident=person)), by=clerk, now=NOW)
    assert certkit.fresh(visit).state == VisitState.FILLING
    asked = third(about=Subject(resident=person), confirmed_by="係長 佐藤")
    certificates.to_signature(certkit.fresh(visit), asked, by=clerk, now=NOW)
    assert CertificateOrder.objects.get().confirmed_by == "係長 佐藤"


def test_another_name_beside_who_was_picked_stops_and_is_refused(visit, clerk):
    protected()
    about = Subject("隠野 花", resident=factories.make_resident(family="緑野", given="太郎"))
    assert len(protected_in(visit, about)) == 1
    with pytest.raises(SubjectMismatch):
        certificates.say(visit, third(about=about, confirmed_by="係長 佐藤"), by=clerk, now=NOW)
    kana = Subject("緑野 太郎", "カクレノ ハナ", resident=about.resident)
    with pytest.raises(SubjectMismatch):
        certificates.say(visit, third(about=kana), by=clerk, now=NOW)


def test_the_applicant_without_a_record_and_a_proxy_stop_by_their_names(place, clerk, one):
    protected()
    values = {"applicant_name": {"family": "隠野", "given": "花"}}
    stranger = certkit.asking(place, clerk, one, values=values)
    assert len(protected_in(stranger, NOBODY)) == 1
    older = certkit.asking(place, clerk, one, values=values | {"applicant_birth_date": "1990-01-01"})
    assert protected_in(older, NOBODY) == []
    other = certkit.asking(place, clerk, one, values={"applicant_name": {"family": "緑野", "given": "太郎"}})
    asked = Requester(Relation.PROXY, proxy_name="隠野 花", authority=("letter_of_attorney",))
    with pytest.raises(ProtectedUnconfirmed):
        certificates.say(other, asked, by=clerk, now=NOW)


def test_who_is_protected_asks_for_their_own_and_others_of_the_household_do_not(visit, resident, clerk):
    home = Household.objects.create()
    person = protected(household=home)
    resident.household = home
    resident.save(update_fields=["household"])
    with pytest.raises(ProtectedUnconfirmed):
        certificates.say(certkit.fresh(visit), Requester(Relation.SELF), by=clerk, now=NOW)
    person.household = None
    person.save(update_fields=["household"])
    resident.protected_until = FAR
    resident.save(update_fields=["protected_until"])
    certificates.say(certkit.fresh(visit), Requester(Relation.SELF), by=clerk, now=NOW)


def test_the_long_way_stops_as_well_and_keeps_whose_certificate_it_is(visit, clerk):
    certificates.release(visit, third(about=Subject("隠野 花", resident=protected())), by=clerk)
    visit = certkit.fresh(visit)
    with pytest.raises(ProtectedUnconfirmed):
        visits.to_review(visit, clerk, now=NOW)
    visits.to_review(certkit.fresh(visit), clerk, confirmed_by="係長 佐藤", now=NOW)
    visits.sign(certkit.fresh(visit), image=None, by=clerk, now=NOW)
    visits.receive(certkit.fresh(visit), by=clerk, now=NOW)
    assert "上席（係長 佐藤）に確認" in Application.objects.get().reception.identity_note
    said = document(with_content(HandOver.objects.all()).get())["certificate"]
    assert (said["relation"], said["about"]["name"]) == ("third", "隠野 花")


def test_the_case_says_which_superior_was_asked(place, clerk, resident, one):
    asked = third(about=Subject("隠野 花", resident=protected()), confirmed_by="係長 佐藤")
    certkit.received(place, clerk, one, resident=resident, requester=asked)
    note = Application.objects.get().reception.identity_note
    assert "上席（係長 佐藤）に確認" in note
    assert "隠野 花" in note


def test_the_case_keeps_all_that_was_said_however_long(place, clerk, resident, one):
    about = Subject("緑" * 120, "ミ" * 120, "昭和40年1月1日", "緑野市" + "本" * 190)
    asked = Requester(Relation.THIRD, "債" * 120, "旧姓" * 60, about=about, confirmed_by="係" * 60)
    certkit.received(place, clerk, one, resident=resident, requester=asked)
    note = Application.objects.get().reception.identity_note
    assert all(words in note for words in (about.name, about.kana, about.birth, about.address, "旧姓" * 60, "債" * 120))


def test_the_words_go_with_the_visit(visit, clerk):
    certificates.say(visit, third(confirmed_by="係長 佐藤"), by=clerk, now=NOW)
    certificates.keep_requester(visit, {"relation": "third", "subject_name": "緑野 太郎"})
    visits.leave(certkit.fresh(visit), keep=False, by=clerk)
    order = CertificateOrder.objects.get()
    assert (order.subject_line, order.confirmed_by, order.subject_resident, order.typed) == ("", "", None, {})


# whom the answers name


@pytest.fixture
def register(department):
    fields = certkit.FAMILY_REGISTER
    return [certkit.make_certificate(department, fields=fields, name="戸籍証明書", position=3)]


def row(name):
    return {"p1_certificates": [{"id": "a1", "values": {"p1_certificate_person": name}}]}


@pytest.mark.parametrize(
    "named",
    [
        row("隠野 花"),
        row("妻　隠野　花様"),
        row("カクレノ ハナ"),
        {"p1_head": "隠野花（旧姓 青野）"},
    ],
)
@pytest.mark.parametrize("relation", [Relation.SELF, Relation.HOUSEHOLD, Relation.FAMILY])
def test_whom_the_answers_name_stops_whoever_asks(place, clerk, resident, register, named, relation):
    protected(family_kana="カクレノ", given_kana="ハナ")
    visit = certkit.asking(place, clerk, register, resident=resident, values=named)
    assert len(protected_in(visit, NOBODY)) == 1
    with pytest.raises(ProtectedUnconfirmed):
        certificates.to_signature(visit, Requester(relation), by=clerk, now=NOW)
    certificates.say(certkit.fresh(visit), Requester(relation, confirmed_by="係長 佐藤"), by=clerk, now=NOW)


def test_ones_own_name_and_that_of_others_stop_nobody(place, clerk, resident, register):
    home = Household.objects.create()
    protected(household=home)
    resident.household, resident.protected_until = home, FAR
    resident.save(update_fields=["household", "protected_until"])
    values = row(resident.full_name) | {"p1_head": "隠野 花"}
    visit = certkit.asking(place, clerk, register, resident=resident, values=values)
    certificates.say(visit, Requester(Relation.SELF), by=clerk, now=NOW)
    other = certkit.asking(place, clerk, register, resident=factories.make_resident(), values=row("青野 次郎"))
    assert protected_in(other, NOBODY) == []


def test_relatives_ask_in_their_own_right_for_the_register_of_families_alone(place, clerk, visit, resident, register):
    with pytest.raises(NotOfFamily):
        certificates.say(visit, Requester(Relation.FAMILY), by=clerk, now=NOW)
    visit = certkit.asking(place, clerk, register, resident=resident, values=row("青野 次郎"))
    certificates.say(visit, Requester(Relation.FAMILY), by=clerk, now=NOW)
    assert CertificateOrder.objects.get(visit=visit).relation == Relation.FAMILY


def test_another_name_in_the_answers_asks_the_superior_once_more(desk, place, clerk, resident, register):
    protected()
    protected(family="伏野", given="草")
    visit = certkit.asking(place, clerk, register, resident=resident, values={"p1_head": "隠野 花"})
    page = desk.get(address_of(visit))
    assert "family" in dict(page.context["requester"].fields["relation"].choices)
    key = page.context["requester"]["confirmed_for"].value()
    sent = {"on": "p1_head", "relation": "family", "confirmed_by": "係長 佐藤", "confirmed_for": key}
    page = send(desk, visit, **sent, **{"q-p1_head": "伏野 草"})
    assert page.context["requester"]["confirmed_by"].value() == ""
    assert certkit.fresh(visit).state == VisitState.FILLING


def test_the_long_way_asks_the_superior_once_more_after_going_back(visit, clerk):
    certificates.release(visit, third(about=Subject("隠野 花", resident=protected())), by=clerk)
    visits.to_review(certkit.fresh(visit), clerk, confirmed_by="係長 佐藤", now=NOW)
    visits.back_to_questions(certkit.fresh(visit), clerk, now=NOW)
    with pytest.raises(ProtectedUnconfirmed):
        visits.to_review(certkit.fresh(visit), clerk, now=NOW)


# the page


def test_relatives_are_offered_beside_the_register_of_families_alone(desk, visit):
    assert "family" not in dict(desk.get(address_of(visit)).context["requester"].fields["relation"].choices)
    assert set(send(desk, visit, relation="family").context["requester"].errors) == {"relation"}


def test_a_third_party_says_name_and_birth_date_or_address(desk, visit):
    page = send(desk, visit)
    assert set(page.context["requester"].errors) == {"subject_name", "subject_birth"}
    page = send(desk, visit, subject_name="緑野 太郎", subject_birth="きのう")
    assert set(page.context["requester"].errors) == {"subject_birth"}
    assert "緑野 太郎" in page.content.decode()
    answer = send(desk, visit, subject_name="緑野 太郎", subject_birth="S40.1.1")
    assert answer.status_code == HTTPStatus.FOUND
    assert CertificateOrder.objects.get().subject_birth == "昭和40年1月1日"


def test_only_what_the_form_asks_of_a_person_is_asked_of_the_subject(desk, place, clerk, resident, department):
    plain = certkit.asking(place, clerk, [certkit.make_certificate(department)], resident=resident)
    assert set(desk.get(address_of(plain)).context["requester"].fields) & {"subject_birth", "subject_address"} == set()
    asks = [certkit.make_certificate(department, fields=(certkit.SCOPE, certkit.COPIES, BIRTH))]
    other = certkit.asking(place, clerk, asks, resident=resident)
    fields = desk.get(address_of(other)).context["requester"].fields
    assert ("subject_birth" in fields, "subject_address" in fields) == (True, False)


def test_a_search_finds_is_audited_and_shows_no_protected_address(desk, visit, clerk):
    person = protected(town="秘密町")
    page = send(desk, visit, "search", subject_search="隠野")
    text = page.content.decode()
    assert "隠野 花" in text
    assert "秘密町" not in text
    event = AuditEvent.objects.get(action="search", detail=f"subject of visit {visit.public_id}")
    assert (event.actor, event.object_ids) == (clerk, [person.public_id])


def test_who_is_picked_from_the_register_stays_picked_and_can_be_let_go(desk, visit):
    person = factories.make_resident(family="緑野", given="太郎", town="本町九丁目")
    page = send(desk, visit, f"pick:{person.public_id}", reason="相続")
    assert page.context["requester"].person == person
    assert "本町九丁目" in page.content.decode()
    again = desk.get(address_of(visit))
    said = again.context["requester"].initial
    assert (said["subject_person"], said["subject_name"], said["reason"]) == (person.public_id, "緑野 太郎", "相続")
    assert send(desk, visit, "unpick").context["requester"].person is None


def test_the_page_stops_at_the_protected_before_anything_of_an_address_is_shown(desk, visit):
    person = protected(town="秘密町")
    page = send(desk, visit, f"pick:{person.public_id}")
    text = page.content.decode()
    assert "上席に確認してください" in text
    assert "秘密町" not in text
    sent = {"subject_name": "隠野 花", "subject_person": person.public_id}
    page = send(desk, visit, **sent)
    assert set(page.context["requester"].errors) == {"confirmed_by"}
    assert send(desk, visit, confirmed_by="係長 佐藤", **sent).status_code == HTTPStatus.FOUND
    # turned round to whoever asks nothing of it is said
    signing = desk.get(reverse("counter:certificate_sign", args=[visit.public_id])).content.decode()
    assert ("支援措置" in signing, "秘密町" in signing) == (False, False)


def test_a_name_nobody_found_stops_where_somebody_protected_has_it(desk, visit):
    protected()
    page = send(desk, visit, subject_name="隠野 花", subject_birth="S60.4.1")
    assert "上席に確認してください" in page.content.decode()
    assert set(page.context["requester"].errors) == {"confirmed_by"}


def test_who_is_picked_brings_the_names_of_the_register(desk, visit):
    person = factories.make_resident(family="緑野", given="太郎")
    page = send(desk, visit, f"pick:{person.public_id}", subject_name="隠野 花", subject_kana="カクレノ ハナ")
    form = page.context["requester"]
    assert (form["subject_name"].value(), form["subject_kana"].value()) == (person.full_name, person.full_kana)
    assert "readonly" in str(form["subject_name"])
    page = send(desk, visit, subject_name="隠野 花", subject_person=person.public_id)
    assert "subject_name" in page.context["requester"].errors


def test_a_superior_who_was_asked_about_one_person_was_not_asked_about_another(desk, visit):
    protected()
    page = send(desk, visit, subject_name="隠野 花", subject_birth="S60.4.1")
    sent = {"confirmed_by": "係長 佐藤", "confirmed_for": page.context["requester"]["confirmed_for"].value()}
    protected(family="伏野", given="草")
    page = send(desk, visit, subject_name="伏野 草", subject_birth="S60.4.1", **sent)
    form = page.context["requester"]
    assert set(form.errors) == {"confirmed_by"}
    assert form["confirmed_by"].value() == ""
    sent["confirmed_for"] = form["confirmed_for"].value()
    answer = send(desk, visit, subject_name="伏野 草", subject_birth="S60.4.1", **sent)
    assert answer.status_code == HTTPStatus.FOUND


def identify(visit, clerk, resident, **said):
    documents = [*certkit.fresh(visit).documents, *(["letter_of_attorney"] if said else [])]
    visits.identify(certkit.fresh(visit), documents=documents, resident=resident, by=clerk, now=NOW, **said)


@pytest.mark.parametrize("who", ["the same", "somebody else", "nobody on record", "an agent", "an interpreter"])
def test_a_superiors_word_is_about_who_came_and_who_acts(visit, clerk, resident, who):
    certificates.say(visit, third(confirmed_by="係長 佐藤"), by=clerk, now=NOW)
    certificates.keep_requester(visit, {"relation": "third", "reason": "相続", "confirmed_by": "係長 佐藤"})
    said = {
        "the same": (resident, {}),
        "somebody else": (factories.make_resident(family="青野", given="次郎"), {}),
        "nobody on record": (None, {}),
        "an agent": (resident, {"companion": Companion.PROXY, "companion_name": "隠野 花"}),
        "an interpreter": (resident, {"companion": Companion.INTERPRETER, "companion_name": "青野 次郎"}),
    }
    person, more = said[who]
    identify(visit, clerk, person, **more)
    order, is_kept = CertificateOrder.objects.get(), who in ("the same", "an interpreter")
    assert (order.confirmed_by, order.typed.get("confirmed_by", "")) == (("係長 佐藤",) * 2 if is_kept else ("", ""))
    assert order.typed["reason"] == "相続"


def test_a_superiors_word_on_a_page_from_before_is_asked_for_again(desk, visit, clerk):
    protected()
    about = {"subject_name": "隠野 花", "subject_birth": "S60.4.1"}
    page = send(desk, visit, **about)
    sent = about | {"confirmed_by": "係長 佐藤", "confirmed_for": page.context["requester"]["confirmed_for"].value()}
    identify(visit, clerk, factories.make_resident(family="青野", given="次郎"))
    page = send(desk, visit, **sent)
    form = page.context["requester"]
    assert (set(form.errors), form["confirmed_by"].value()) == ({"confirmed_by"}, "")


def test_another_agent_is_asked_about_once_more(desk, visit):
    protected()
    sent = {"relation": "proxy", "proxy_name": "隠野 花", "authority": "letter_of_attorney"}
    page = send(desk, visit, **sent)
    key = page.context["requester"]["confirmed_for"].value()
    protected(family="伏野", given="草")
    page = send(desk, visit, **sent | {"proxy_name": "伏野 草", "confirmed_by": "係長 佐藤", "confirmed_for": key})
    assert page.context["requester"]["confirmed_by"].value() == ""


def release(desk, visit):
    revision = certkit.fresh(visit).revision
    address = reverse("counter:certificate_release", args=[visit.public_id])
    return desk.post(address, {"revision": revision}, follow=True)


def test_a_proxy_who_was_typed_goes_along_the_long_way(desk, visit):
    send(desk, visit, "search", relation="proxy", proxy_name="緑野 花子", authority="letter_of_attorney")
    page = release(desk, visit).content.decode()
    row = certkit.fresh(visit)
    assert (row.companion, row.companion_name) == (Companion.PROXY, "緑野 花子")
    assert "letter_of_attorney" in row.documents
    assert "代理人は引き継いでいません" not in page


def test_a_proxy_whose_right_was_not_shown_does_not_go_along_and_the_page_says_so(desk, visit):
    send(desk, visit, "search", relation="proxy", proxy_name="緑野 花子")
    page = release(desk, visit).content.decode()
    row = certkit.fresh(visit)
    assert (row.companion, CertificateOrder.objects.get().is_short) == (Companion.NONE, False)
    assert "代理人は引き継いでいません" in page


def test_the_long_page_asks_for_the_superior_and_is_left_with_what_was_typed(desk, visit):
    person = protected()
    send(desk, visit, "search", subject_name="隠野 花", subject_person=person.public_id)
    desk.post(
        reverse("counter:certificate_release", args=[visit.public_id]), {"revision": certkit.fresh(visit).revision}
    )
    order = CertificateOrder.objects.get()
    assert (order.is_short, order.relation, order.subject_resident) == (False, "third", person)
    address = reverse("counter:visit_missing", args=[visit.public_id])
    page = desk.get(address).content.decode()
    assert "上席に確認してください" in page
    assert 'name="confirmed_by"' in page
    sent = {"action": "review", "on": ""}
    desk.post(address, sent | {"revision": certkit.fresh(visit).revision})
    assert certkit.fresh(visit).state == VisitState.FILLING
    desk.post(address, sent | {"revision": certkit.fresh(visit).revision, "confirmed_by": "係長 佐藤"})
    assert certkit.fresh(visit).state == VisitState.REVIEWING
    assert CertificateOrder.objects.get().confirmed_by == "係長 佐藤"


def test_who_may_not_see_residents_picks_and_posts_nobody(desk, visit, clerk, monkeypatch):
    person = factories.make_resident(family="緑野", given="太郎")
    send(desk, visit, "search", subject_person=person.public_id)
    send(desk, visit, "search", subject_person=person.public_id)
    assert AuditEvent.objects.filter(action="read", object_ids=[person.public_id]).count() == 1
    other = factories.make_resident(family="青野", given="次郎")
    has_perm = type(clerk).has_perm
    monkeypatch.setattr(
        type(clerk), "has_perm", lambda self, perm, obj=None: perm != VIEW and has_perm(self, perm, obj)
    )
    assert send(desk, visit, f"pick:{other.public_id}").status_code == HTTPStatus.NOT_FOUND
    assert send(desk, visit, subject_person=other.public_id).status_code == HTTPStatus.NOT_FOUND
    assert typing(desk, visit, subject_person=other.public_id).status_code == HTTPStatus.NOT_FOUND
    assert not AuditEvent.objects.filter(object_ids=[other.public_id]).exists()


def test_the_enter_key_in_the_search_searches(desk, visit):
    factories.make_resident(family="緑野", given="太郎")
    page = send(desk, visit, subject_search="緑野 太郎")
    assert [one.full_name for one in page.context["found"].people] == ["緑野 太郎"]
    assert certkit.fresh(visit).state == VisitState.FILLING


# typed, and saved by itself


def typing(desk, visit, *, number=1, key="tab-1", revision=None, **data):
    row = certkit.fresh(visit)
    revision = row.revision if revision is None else revision
    values = {"revision": revision, "request_key": key, "number": number, "on": "p1_scope p1_copies"}
    values |= {"q-p1_scope": "all", "q-p1_copies": "1", "relation": "self", "subject_name": ""}
    return desk.post(reverse("visit_typing", args=[visit.public_id, "certificates"]), values | data)


def test_the_page_saves_itself_with_who_asks(desk, visit):
    assert 'data-typing-url="/api/ui/visits/' in desk.get(address_of(visit)).content.decode()
    answer = typing(desk, visit, relation="third", subject_name="緑野", **{"q-p1_copies": "4"})
    assert answer.status_code == HTTPStatus.OK
    row = certkit.fresh(visit)
    assert (row.values["p1_copies"], row.certificate_order.typed["subject_name"]) == ("4", "緑野")
    assert row.certificate_order.relation == Relation.SELF
    said = desk.get(address_of(visit)).context["requester"].initial
    assert (said["relation"], said["subject_name"]) == ("third", "緑野")


def test_the_same_typing_twice_is_once_and_what_is_late_changes_nothing(desk, visit):
    begun = visit.revision
    for _time in range(2):
        answer = typing(desk, visit, number=2, revision=begun, relation="third", subject_name="緑野 太郎")
    assert answer.json()["revision"] == begun + 1
    assert typing(desk, visit, number=1, revision=begun, relation="third", subject_name="緑").status_code == 200
    assert CertificateOrder.objects.get().typed["subject_name"] == "緑野 太郎"


def test_what_another_tablet_typed_is_not_overwritten(desk, visit):
    begun = visit.revision
    typing(desk, visit, revision=begun, relation="third", subject_name="緑野")
    answer = typing(desk, visit, key="tab-2", revision=begun, relation="third", subject_name="青野")
    assert answer.status_code == HTTPStatus.CONFLICT
    assert CertificateOrder.objects.get().typed["subject_name"] == "緑野"


def test_who_asks_is_saved_before_the_first_certificate_is_chosen(desk, place, clerk, resident, one):
    visit = certkit.identified(place, clerk, resident=resident)
    assert typing(desk, visit, on="", relation="third", reason="相続").status_code == HTTPStatus.OK
    assert CertificateOrder.objects.get().typed["reason"] == "相続"


def test_the_button_goes_on_with_what_the_page_saved_by_itself(desk, visit):
    begun = visit.revision
    typing(desk, visit, revision=begun, relation="self", **{"q-p1_copies": "3"})
    answer = send(desk, visit, revision=begun, request_key="tab-1", relation="self", **{"q-p1_copies": "5"})
    assert answer.url == reverse("counter:certificate_sign", args=[visit.public_id])
    assert (certkit.fresh(visit).values["p1_copies"], CertificateOrder.objects.get().typed) == ("5", {})


def test_a_visit_that_is_signed_takes_no_typing(desk, place, clerk, resident, one):
    visit = certkit.signed(place, clerk, one, resident=resident)
    assert typing(desk, visit, **{"q-p1_copies": "9"}).status_code == HTTPStatus.CONFLICT
