"""A protected address that somebody with the right filled in from the record is not seen by colleagues on the visit."""

import datetime as dt

import pytest
from django.urls import reverse

from cityhall.enums import Role
from counter.enums import Mark, Origin, Relation, Source, VisitState
from counter.forms import combined_of
from counter.models import Visit
from counter.queries.visits import chosen_procedures
from counter.services import certificates, visits
from counter.services.certificates import Requester
from residents.models import Resident
from residents.services import create_mandate
from tests import factories
from tests.counter import certkit, fillkit
from tests.counter.fillkit import complete, fresh

pytestmark = pytest.mark.django_db
STREET = "秘密町9-8-7"


@pytest.fixture
def place(department, municipality):
    return fillkit.make_place(department)


@pytest.fixture
def both(department):
    return fillkit.make_both(department)


@pytest.fixture
def privileged(administrator, department):
    """A clerk who may see protected addresses."""
    administrator.roles.create(role=Role.CLERK, department=department, active_from=dt.date(2020, 1, 1))
    return administrator


@pytest.fixture
def visit(place, both, clerk, privileged):
    resident = factories.make_resident(
        protected_until=dt.date(2099, 3, 31),
        postal_code="1000013",
        prefecture="東京都",
        city="緑野市",
        town="緑町",
        street=STREET,
    )
    typed = {key: value for key, value in complete().items() if key != "applicant_address"}
    found = fillkit.identified(
        place, clerk, both, resident=resident, values=typed, sources=dict.fromkeys(typed, Source.STAFF)
    )
    visits.fill_known(found, privileged)
    found = fresh(found)
    assert found.values["applicant_address"]["street"] == STREET
    visits.begin_questions(found, privileged)
    return fresh(found)


def page_of(visit, key="applicant_address"):
    """The page of the form on which the address is asked."""
    form = combined_of(chosen_procedures(visit), at_desk=True).form
    found = next(one for one in form.pages if any(field.key == key for field in one.fields))
    return reverse("counter:visit_page", args=[visit.public_id, found.key])


def test_only_who_has_the_right_sees_it(visit, login, clerk, privileged):
    address = page_of(visit)
    assert STREET in login(privileged).get(address).content.decode()
    for query in ("", "?facing=resident"):
        text = login(clerk).get(address + query).content.decode()
        assert (STREET in text, "登録の住所は表示していません" in text) == (False, True)
    assert STREET not in login(clerk).get(reverse("counter:visit_missing", args=[visit.public_id]) + "?all=1").text


def test_nothing_follows_from_it_before_the_eyes_of_others(visit, login, clerk, privileged, department):
    supply = {
        "key": "at",
        "type": "address",
        "label": "使う場所",
        "required": True,
        "concept": "applicant.supply_address",
    }
    water = fillkit.make_procedure(department, [supply], name="水道の使用開始届")
    visits.add(visit, [(water, "")], origin=Origin.STAFF, by=clerk)
    address = page_of(visit, "applicant_supply_address")
    assert STREET in login(privileged).get(address).content.decode()
    assert STREET not in login(clerk).get(address).content.decode()


def test_saving_without_seeing_it_keeps_it_and_files_it(visit, login, clerk):
    desk, address = login(clerk), page_of(visit)
    shown = desk.get(address).context["on_page"]
    assert "applicant_address" not in shown
    desk.post(address, {"revision": fresh(visit).revision, "action": "to:missing"})
    assert fresh(visit).values["applicant_address"]["street"] == STREET
    assert fresh(visit).sources["applicant_address"] == Source.RECORD


@pytest.mark.parametrize("query", ["?by=person", "?by=procedure", "?by=person&facing=resident"])
def test_review_leaves_it_out(visit, login, clerk, privileged, query):
    visits.to_review(visit, clerk)
    address = reverse("counter:visit_review", args=[visit.public_id]) + query
    text = login(clerk).get(address).content.decode()
    assert (STREET in text, "支援措置のため表示できません" in text) == (False, True)
    assert STREET in login(privileged).get(address).content.decode()


def test_what_the_record_says_beside_is_not_shown_either(visit, login, clerk):
    said = fillkit.ADDRESS | {"street": "1-2-3"}
    offers = {"applicant_address": {Source.RECORD: visit.values["applicant_address"]}}
    Visit.objects.filter(pk=visit.pk).update(
        values=visit.values | {"applicant_address": said},
        sources=visit.sources | {"applicant_address": Source.STAFF},
        offers=offers,
    )
    text = login(clerk).get(page_of(visit)).content.decode()
    # what the person says at the desk is the desk's to read
    assert ("1-2-3" in text, STREET in text) == (True, False)


def test_what_the_person_says_is_wrong_is_asked_anew(visit, login, clerk):
    Visit.objects.filter(pk=visit.pk).update(marks={"applicant_address": Mark.WRONG})
    missing = login(clerk).get(reverse("counter:visit_missing", args=[visit.public_id]))
    assert missing.context["on_page"] == ["applicant_address"]
    assert STREET not in missing.content.decode()


def test_another_person_is_not_compared_with_it(visit, login, clerk):
    other = Resident.objects.exclude(pk=visit.resident_id).first() or factories.make_resident()
    Visit.objects.filter(pk=visit.pk).update(state=VisitState.IDENTIFIED)
    address = reverse("counter:visit_identify", args=[visit.public_id])
    text = login(clerk).post(address, {"action": "search", "text": other.full_name}).content.decode()
    assert STREET not in text


# certificates


@pytest.fixture
def certificate(place, clerk, privileged, department):
    """The same on the way of certificates; an agent asks, whose address is protected and filled in as well."""
    hidden = {"protected_until": dt.date(2099, 3, 31), "street": STREET, "town": "緑町", "prefecture": "東京都"}
    resident, agent = factories.make_resident(**hidden), factories.make_resident(**hidden)
    mandate = create_mandate(
        principal=resident, agent=agent, evidence="委任状", valid_from=dt.date(2026, 1, 1), by=clerk
    )
    address = {"key": "address", "type": "address", "label": "住所", "concept": "applicant.address"}
    agents = {"key": "agent", "type": "address", "label": "代理人の住所", "concept": "agent.address"}
    more = {"key": "more", "type": "text", "label": "続柄", "visible_when": {"eq": [{"answer": "scope"}, "all"]}}
    fields = (address, agents, certkit.SCOPE, more, certkit.COPIES)
    found = certkit.identified(place, clerk, resident=resident)
    certificates.choose(found, certkit.make_certificate(department, fields=fields), by=privileged)
    found = fresh(found)
    known = {"applicant_address": fillkit.ADDRESS | {"street": STREET}}
    known["agent_address"] = known["applicant_address"]
    Visit.objects.filter(pk=found.pk).update(
        mandate=mandate,
        values=found.values | known | {"p1_scope": "all"},
        sources=found.sources | dict.fromkeys(known, Source.RECORD),
    )
    return fresh(found)


def test_the_page_of_certificates_leaves_it_out(certificate, login, clerk, privileged):
    address = reverse("counter:certificate", args=[certificate.public_id])
    assert STREET in login(privileged).get(address).content.decode()
    page = login(clerk).get(address)
    assert STREET not in page.content.decode()
    assert (page.context["logic"] is not None, "agent_address" in page.context["on_page"]) == (True, False)
    # asked for by name it stays away, and what is kept stays as it was
    sent = {"revision": certificate.revision, "on": "agent_address applicant_address p1_scope", "action": "refresh"}
    assert STREET not in login(clerk).post(address, sent | {"q-p1_scope": "all", "relation": "self"}).content.decode()
    kept = fresh(certificate).values
    assert (kept["applicant_address"]["street"], kept["agent_address"]["street"]) == (STREET, STREET)


def test_the_signature_of_certificates_leaves_it_out(certificate, login, clerk, privileged):
    certificates.to_signature(certificate, Requester(Relation.SELF, confirmed_by="係長 一郎"), by=clerk)
    Visit.objects.filter(pk=certificate.pk).update(mandate=certificate.mandate)
    address = reverse("counter:certificate_sign", args=[certificate.public_id])
    assert STREET in login(privileged).get(address).content.decode()
    text = login(clerk).get(address).content.decode()
    assert (STREET in text, "支援措置のため表示できません" in text) == (False, True)
