"""The demo city: the same at every run, of any size, nothing of it impossible."""

import datetime as dt
import io
from collections import Counter
from itertools import islice

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.utils import timezone

from applications.enums import FILE_TYPES, ApplicationState
from applications.form_pages import check
from applications.models import (
    Application,
    ApplicationRevision,
    Approval,
    ApprovalStep,
    Extract,
    ExtractedCase,
    ExtractProfile,
    InventoryItem,
    Message,
    Procedure,
    Rating,
    Survey,
    SurveyAddressee,
)
from applications.row_paths import find
from applications.services.catalogue import FOLDER, read_catalogue
from cityhall.codes import is_corporate_number, is_municipality_code
from cityhall.days import is_business_day
from cityhall.models import ClosedDay, Department, Municipality, StaffRole, User
from cityhall.references import is_valid_number
from notices.models import Campaign, CampaignRow, Notice, Topic, TopicMessage
from portal.demo_city import accounts, cases, city_hall, extracts, names, notices, others, places
from portal.demo_city.answers import fill
from portal.demo_city.people import KNOWN_FAMILIES, homes, people
from residents.addresses import lookup
from residents.models import (
    Business,
    BusinessInvitation,
    BusinessMember,
    ExternalId,
    Household,
    Mandate,
    Resident,
)
from residents.names import fold_kana, is_kana
from tests.kept import kept


def load(**options):
    call_command("load_demo", verbosity=0, **options)


@pytest.fixture
def city(db):
    kept("demo city", lambda: load(residents=60))


def numbers_of_rows():
    return [
        model.objects.count()
        for model in (
            *(User, Resident, Household, ExternalId, Application, StaffRole, ClosedDay),
            *(Business, BusinessMember, BusinessInvitation, Mandate, Message, Rating, ApplicationRevision),
            *(ApprovalStep, ExtractProfile, Extract, ExtractedCase, Survey, SurveyAddressee, InventoryItem),
            *(Notice, Campaign, CampaignRow, Topic, TopicMessage),
        )
    ]


def test_people_are_the_same_at_every_run():
    assert list(islice(people(1), 300)) == list(islice(people(1), 300))
    assert list(islice(people(1), 300)) != list(islice(people(2), 300))


def test_people_are_plausible():
    crowd = list(islice(people(1), 5000))
    sizes = Counter(person.household_number for person in crowd)
    assert 1.8 < len(crowd) / len(sizes) < 2.8
    heads = [person for person in crowd if person.values["relationship"] == "世帯主"]
    assert len({person.household_number for person in heads}) == len(heads)
    assert any(person.values["birth_date"] is None for person in crowd)
    assert any(person.values["died_on"] for person in crowd)
    assert any(person.values["protected_until"] for person in crowd)
    assert any("\U000e0100" in person.values["full_name"] for person in crowd)


def test_names_have_readings():
    everybody = [*names.FAMILY, *names.WOMEN, *names.MEN]
    assert len(names.FAMILY) >= 150
    assert len({*names.WOMEN, *names.MEN}) >= 200
    assert [reading for _name, reading in everybody if not is_kana(reading) or not fold_kana(reading)] == []


def test_city_is_fictional_and_its_postal_codes_are_not():
    assert is_municipality_code(places.CODE)
    for code, town in places.TOWNS:
        real = lookup(code)
        assert real, code
        assert town not in {place.town for place in real}, "the towns are ours"


def test_seal_is_a_picture():
    from PIL import Image

    seal = Image.open(io.BytesIO(city_hall.draw_seal("緑野市長之印")))
    assert (seal.size, seal.mode) == ((480, 480), "RGBA")
    assert seal.getpixel((240, 12))[:3] == (200, 32, 32)
    assert seal.getpixel((1, 1))[3] == 0


def test_load_demo_makes_the_city(city):
    assert Municipality.objects.get().mayor_name == "青木 陽一郎"
    assert Municipality.objects.get().seal_image is not None
    assert set(Department.objects.values_list("code", flat=True)) >= {"kosodate", "kaigo", "somu", "digital"}
    assert Resident.objects.count() == 60
    assert ExternalId.objects.count() == 60
    first = Resident.objects.get(user__email="resident01@example.jp")
    assert (first.full_name, first.household.members.count()) == ("高橋\u3000さくら", 4)


def test_load_demo_makes_accounts_that_can_sign_in(city):
    for account in accounts.STAFF:
        user = User.objects.get(email=account.email)
        assert user.check_password(accounts.PASSWORD)
        assert user.emailaddress_set.filter(verified=True, primary=True).count() == 1
        assert Authenticator.objects.filter(user=user, type="totp").count() == 1
    residents = User.objects.filter(is_staff=False, email__startswith="resident")
    assert residents.count() == len(KNOWN_FAMILIES)
    assert all(user.check_password(accounts.PASSWORD) for user in residents)


def test_load_demo_has_a_case_in_every_state(city):
    assert {case.procedure for case in cases.CASES} <= set(Procedure.objects.values_list("key", flat=True))
    others_made = Application.objects.exclude(request_key__regex=r":demo-\d+$")
    assert Application.objects.count() - others_made.count() == len(cases.CASES)
    assert {*Application.objects.values_list("state", flat=True)} == {*ApplicationState.values}


def test_load_demo_shows_more_than_filing_for_oneself(city):
    """Every page has something to see; what opens only for a while may be over by the clock of the machine."""
    business = Business.objects.get()
    assert is_corporate_number(business.corporate_number)
    assert business.verified_at is not None
    assert sorted(business.members.values_list("is_manager", flat=True)) == [False, True]
    assert business.invitations.get(state="open").email == "resident06@example.jp"
    assert Application.objects.get(business=business).filed_by.email == "resident04@example.jp"
    mandate = Mandate.objects.get()
    assert (mandate.agent.full_name, mandate.principal.full_name) == ("高橋\u3000さくら", "髙橋\u3000一郎")
    assert Application.objects.get(mandate=mandate).resident == mandate.principal
    returned = Application.objects.get(state="returned")
    sent = returned.revisions.latest("number").answers
    assert (sent["account"]["branch_code"], returned.draft_answers["account"]["branch_code"]) == ("001", "002")
    assert ApplicationRevision.objects.filter(number=2).count() == 1
    unread = Message.objects.filter(read_at=None)
    assert sorted(unread.values_list("is_from_city", flat=True)) == [False, True, True]


def test_load_demo_has_a_waiting_list_and_ratings_while_the_course_is_open(city):
    course = Procedure.objects.get(key=others.COURSE)
    if not course.opens_at <= timezone.now() <= course.closes_at:
        assert not Application.objects.filter(procedure=course).exists()
        return
    states = list(Application.objects.filter(procedure=course).order_by("id").values_list("seat", flat=True))
    assert states == ["seated"] * others.COURSE_PLACES + ["waiting"] * 2
    assert Rating.objects.filter(procedure=course).count() == 5


def test_load_demo_has_work_at_every_desk(city):
    """A chain that waits for its first signature, a file that was made, colleagues who can stand in."""
    waiting = Approval.objects.get(state="waiting")
    assert [step["title"] for step in waiting.steps] == ["係長", "課長"]
    assert waiting.turn_approver.email == "approver@city.example.jp"
    extract = Extract.objects.get()
    assert (extract.state, extract.rows_done > 0, extract.profile.name) == ("done", True, extracts.NAME)
    handlers = StaffRole.objects.filter(role="handler", department__code="kosodate")
    assert sorted(role.user.email for role in handlers) == ["handler4@city.example.jp", "handler@city.example.jp"]
    assert Application.objects.filter(procedure__key="risai-shomei", state="in_review", handler__isnull=False).exists()


def test_load_demo_fills_inboxes_and_has_campaigns(city):
    """Without the city's key nothing is delivered yet: the worker does that later."""
    points, invitation = Campaign.objects.order_by("id")
    assert (points.campaign_state, invitation.campaign_state) == ("sending", "ready")
    # everybody who is invited can be reached, and files by the button
    assert invitation.good_count == invitation.rows.filter(recipient__user__isnull=False).count() >= 2
    assert invitation.version.action_kind == "procedure"
    assert points.made_count == points.good_count > 5
    assert points.rows.filter(state="left_out").count() == 1
    assert Notice.objects.filter(campaign=points).exclude(one_time_code="").count() == points.made_count
    letters = Notice.objects.filter(request_key__startswith="demo-")
    assert letters.count() == len(notices.LETTERS)
    assert {"children", "health", "events"} <= set(letters.values_list("inbox_category", flat=True))
    assert letters.exclude(action_kind="").count() >= 3
    assert TopicMessage.objects.get().told_count == 1


def test_surveys_of_the_demo_were_worked_on_in_office_hours(city):
    moments = [moment for row in Survey.objects.all() for moment in (row.opened_at, row.closed_at) if moment]
    moments += SurveyAddressee.objects.filter(answered_at__isnull=False).values_list("answered_at", flat=True)
    limit = timezone.now() - dt.timedelta(hours=2)
    local = [timezone.localtime(moment) for moment in moments if moment < limit]
    assert len(local) >= 15
    assert [moment for moment in local if not (9 <= moment.hour <= 17 and is_business_day(moment.date()))] == []
    assert max(moments) <= timezone.now()


def test_every_form_of_the_catalogue_can_be_filled_in():
    """Nothing is missing but papers, whatever kinds of questions the forms have."""
    values = next(people(1)).values
    resident = Resident(**{name: value for name, value in values.items() if name != "relationship"})
    missing = {}
    for entry in read_catalogue(FOLDER).procedures:
        if entry.form is not None:
            found = check(entry.form, fill(entry.form, resident, {}), {}).problems
            questions = {one.key: find(entry.form.fields, one.key) for one in found}
            missing[entry.key] = [key for key, question in questions.items() if question.type not in FILE_TYPES]
    assert {key: questions for key, questions in missing.items() if questions} == {}


def test_load_demo_twice_changes_nothing(city):
    before = numbers_of_rows()
    load(residents=60)
    assert numbers_of_rows() == before


def test_load_demo_grows_a_city_without_moving_anybody(city):
    before = list(Resident.objects.order_by("pk").values_list("public_id", "full_name", "household__number"))
    load(residents=90)
    after = list(Resident.objects.order_by("pk").values_list("public_id", "full_name", "household__number"))
    assert after[:60] == before
    assert len(after) == 90
    expected = [home.number for home in islice(homes(1), 60) for _member in home.members][:90]
    assert [number for _id, _name, number in after] == expected


def test_load_demo_writes_any_number_of_applications(city):
    load(applications=500)
    load(applications=600)
    ballast = Application.objects.filter(request_key__startswith="figures-")
    assert ballast.count() == 600
    assert all(is_valid_number(number) for number in ballast.values_list("number", flat=True))
    assert ballast.filter(state=ApplicationState.COMPLETED).count() > 500


def test_load_demo_keeps_out_of_a_real_city(municipality):
    Municipality.objects.update(code="131016", name="千代田区")
    with pytest.raises(CommandError):
        load()
    assert Resident.objects.count() == 0
