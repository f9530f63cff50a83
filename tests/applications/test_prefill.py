"""What the records fill in, for whom, and what they keep to themselves."""

import datetime as dt

import pytest

from applications import definition
from applications.models import Application
from applications.prefill import given_answers, prefill
from applications.records import name_parts
from applications.relationships import children_among, spouse_among
from residents.models import Business, Household
from tests import factories
from tests.applications import sample

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 22)


def _form(*fields):
    return definition.parse({"schema": 1, "pages": [{"key": "a", "title": "A", "fields": list(fields)}]})


def _field(key, kind, concept, **more):
    return {"key": key, "type": kind, "label": key, "concept": concept, **more}


def _rows(role, *whats):
    kinds = {"name": "text", "birth_date": "date", "phone": "phone", "address": "resident_address", "kana": "kana"}
    fields = [_field(what, kinds.get(what, "text"), f"{role}.{what}") for what in whats]
    return {"key": "people", "type": "rows", "label": "世帯", "fields": fields, "max_rows": 3}


@pytest.fixture
def household():
    return Household.objects.create(number="1")


@pytest.fixture
def head(household, resident):
    resident.household, resident.relationship = household, "世帯主"
    resident.save(update_fields=["household", "relationship"])
    return resident


def _member(household, given, relationship, **more):
    return factories.make_resident(
        family="高橋",
        given=given,
        household=household,
        relationship=relationship,
        phone_entered="090-1111-2222",
        **more,
    )


def test_applicant_fills_each_kind_in_its_own_shape(resident):
    form = _form(
        _field("one_box", "text", "applicant.name"),
        _field("four_boxes", "name", "applicant.name"),
        _field("kana", "kana", "applicant.kana"),
        _field("birth", "date", "applicant.birth_date"),
        _field("home", "resident_address", "applicant.address"),
        _field("unknown", "text", "applicant.workplace"),
        {"key": "own", "type": "text", "label": "自由"},
    )
    values = prefill(form, resident)
    assert values["one_box"] == resident.full_name
    assert values["four_boxes"] == {
        "family": "高橋",
        "given": "さくら",
        "family_kana": "タカハシ",
        "given_kana": "サクラ",
    }
    assert values["kana"] == resident.full_kana
    assert set(values["home"]) == {"postal_code", "prefecture", "city", "town", "street", "building"}
    assert set(values) == {"one_box", "four_boxes", "kana", "birth", "home"}


def test_sex_is_chosen_only_where_the_form_offers_it(resident):
    resident.sex = "female"
    options = [{"value": "female", "label": "女"}, {"value": "male", "label": "男"}]
    other = [{"value": "f", "label": "女"}]
    form = _form(
        _field("sex", "choice", "applicant.sex", options=options),
        _field("coded", "choice", "applicant.sex", options=other),
        _field("with_other", "choice", "applicant.sex", options=options, other=True),
    )
    assert prefill(form, resident) == {"sex": "female", "with_other": {"chosen": "female", "other": ""}}
    resident.sex = "unstated"
    assert prefill(form, resident) == {}


def test_a_name_in_one_piece_is_taken_apart(resident):
    resident.family_name = resident.given_name = resident.family_kana = resident.given_kana = ""
    resident.full_name, resident.full_kana = "髙橋 さくら", "タカハシ　サクラ"
    assert name_parts(resident) == {
        "family": "髙橋",
        "given": "さくら",
        "family_kana": "タカハシ",
        "given_kana": "サクラ",
    }


def test_household_fills_one_row_a_person_oldest_first(head, household):
    _member(household, "みなみ", "長女", birth_date=dt.date(2019, 5, 1))
    _member(household, "健一", "夫", birth_date=dt.date(1988, 2, 3))
    values = prefill(_form(_rows("household[]", "name", "birth_date", "relationship")), head)
    assert values["people"] == [
        {
            "id": "r1",
            "values": {
                "name": "高橋 健一",
                "birth_date": {"era": "showa", "year": "63", "month": "2", "day": "3"},
                "relationship": "夫",
            },
        },
        {
            "id": "r2",
            "values": {
                "name": "高橋 みなみ",
                "birth_date": {"era": "reiwa", "year": "1", "month": "5", "day": "1"},
                "relationship": "長女",
            },
        },
    ]


def test_household_is_read_once_and_only_when_a_form_asks(head, household, django_assert_num_queries):
    _member(household, "健一", "夫")
    with django_assert_num_queries(0):
        prefill(_form(_field("name", "name", "applicant.name")), head)
    form = _form(_rows("household[]", "name"), _field("spouse", "name", "spouse.name"))
    with django_assert_num_queries(1):
        prefill(form, head)


def test_who_a_notice_is_about_is_the_subject(head, household):
    child = _member(household, "みなみ", "長女", birth_date=dt.date(2019, 5, 1))
    _member(household, "ゆうと", "長男", birth_date=dt.date(2021, 5, 1))
    form = _form(_field("child", "text", "subject.name"), _field("born", "date", "subject.birth_date"))
    assert prefill(form, head, about=child)["child"] == child.full_name
    assert set(prefill(form, head, about=child)) == {"child", "born"}
    assert prefill(form, head) == {}
    # somebody of another household, and the applicant: nothing is known of them as the subject
    assert prefill(form, head, about=factories.make_resident(family="佐藤", given="花")) == {}
    assert prefill(form, head, about=head) == {}


def test_protected_people_and_strangers_fill_no_row(head, household):
    _member(household, "花子", "母", protected_until=dt.date(2999, 1, 1))
    _member(household, "次郎", "父", moved_out_on=dt.date(2026, 1, 1))
    factories.make_resident(family="鈴木", given="一郎")
    assert prefill(_form(_rows("household[]", "name")), head) == {}


def test_what_others_told_the_city_is_not_passed_on(head, household):
    _member(household, "健一", "夫")
    form = _form(_rows("household[]", "name", "phone"), _field("tel", "phone", "spouse.phone"))
    assert prefill(form, head) == {"people": [{"id": "r1", "values": {"name": "高橋 健一"}}]}


def test_rows_stop_at_the_most_the_group_takes(head, household):
    for number in range(5):
        _member(household, f"{number}子", "子", birth_date=dt.date(2015, 1, 1))
    assert len(prefill(_form(_rows("children[]", "name")), head)["people"]) == 3


def test_an_agent_of_another_household_learns_nothing_of_the_family(head, household, supporter):
    _member(household, "健一", "夫")
    head.protected_until = dt.date(2999, 1, 1)
    form = _form(
        _rows("household[]", "name"),
        _field("home", "address", "applicant.address"),
        _field("who", "text", "agent.name"),
        _field("name", "text", "applicant.name"),
    )
    assert prefill(form, head, agent=supporter) == {"who": supporter.full_name, "name": head.full_name}
    assert "people" in prefill(form, head)
    assert "home" in prefill(form, head)


@pytest.mark.parametrize(
    ("mine", "other", "is_spouse"),
    [
        ("世帯主", "妻", True),
        ("世帯主", "夫", True),
        ("妻", "世帯主", True),
        ("子", "世帯主", False),
        ("世帯主", "母", False),
    ],
)
def test_spouse_is_known_for_the_head_and_their_spouse(household, mine, other, is_spouse):
    me, them = _member(household, "一", mine), _member(household, "二", other)
    assert spouse_among([them], of=me) == (them if is_spouse else None)


@pytest.mark.parametrize(
    ("relationship", "born", "is_child"),
    [
        ("長男", dt.date(2008, 4, 2), True),
        # turns 18 on 31 March by law, and belongs to the older year
        ("長男", dt.date(2008, 4, 1), False),
        ("二女", dt.date(2020, 1, 1), True),
        ("養子", dt.date(2020, 1, 1), True),
        ("子", dt.date(2020, 1, 1), True),
        ("子の子", dt.date(2020, 1, 1), False),
        ("妻の子", dt.date(2020, 1, 1), False),
        ("長女", None, False),
    ],
)
def test_children_are_those_of_the_head_until_the_school_year_they_turn_18(household, relationship, born, is_child):
    me, them = _member(household, "一", "妻"), _member(household, "二", relationship, birth_date=born)
    assert children_among([them], of=me, on=TODAY) == ([them] if is_child else [])
    assert children_among([them], of=_member(household, "三", "母"), on=TODAY) == []


def test_business_fills_its_own_words(resident):
    business = Business(name="株式会社ミドリ", corporate_number="7000012050002", address="東京都緑野市1-1")
    form = _form(
        _field("name", "text", "business.name"),
        _field("number", "text", "business.corporate_number"),
        _field("line", "text", "business.address"),
        _field("parts", "address", "business.address"),
        _field("kana", "kana", "business.kana"),
    )
    assert prefill(form, resident, business=business) == {
        "name": "株式会社ミドリ",
        "number": "7000012050002",
        "line": "東京都緑野市1-1",
    }
    assert prefill(form, resident) == {}


def test_attributes_and_links_are_given_and_never_typed(resident):
    form = _form(
        _field("home", "attribute", "applicant.address"),
        _field("born", "attribute", "applicant.birth_date"),
        _field("job", "attribute", "business.name"),
        {"key": "ref", "type": "hidden", "label": "案内の番号"},
    )
    assert prefill(form, resident) == {}
    application = Application(resident=resident, filed_by=resident.user, link_values={"ref": "A-12", "home": "にせ"})
    found = given_answers(application, form)
    assert found["ref"] == "A-12"
    assert found["home"]["city"] == resident.city
    assert found["born"] == resident.birth_date.isoformat()
    assert "job" not in found


def test_attributes_of_a_joined_record_come_from_the_living_row(resident, another_resident):
    another_resident.merged_into = resident
    application = Application(resident=another_resident, filed_by=resident.user)
    form = _form(_field("name", "attribute", "applicant.name"))
    assert given_answers(application, form)["name"]["family"] == "高橋"


def test_a_guest_has_no_attributes():
    form = _form(_field("home", "attribute", "applicant.address"))
    assert given_answers(Application(link_values={}), form) == {}


def test_prefilled_values_are_good_answers(head, household):
    """Every kind of question takes back what the records give."""
    from applications.form_pages import check

    _member(household, "みなみ", "長女", birth_date=dt.date(2019, 5, 1))
    form = sample.form()
    checked = check(form, prefill(form, head), {})
    assert checked.answers["name"] == head.full_name
    assert checked.answers["children"] == [{"id": "r1", "child": "高橋 みなみ"}]
