"""Receivers chosen by what is known of them."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cityhall.registry import segment_facts
from notices.enums import CampaignSource, CampaignState, RowState
from notices.models import NoticeType, NoticeTypeVersion, Topic, TopicSubscription
from notices.segments import SegmentRefused, count_people, people_after, read_segment
from notices.services import campaigns
from notices.tasks import run_campaigns
from residents.models import Household
from tests import factories
from tests.notices.kit import drain

pytestmark = pytest.mark.django_db

TODAY = dt.date(2027, 2, 28)
BORN = {"あや": (1990, 2, 28), "いち": (1988, 3, 1), "うみ": (2020, 2, 29), "えま": (2010, 5, 5), "おと": (1950, 1, 1)}


@pytest.fixture
def people(db):
    """あや (head) and いち with the children うみ and えま in one household; おと alone."""
    home = Household.objects.create(number="1")
    found = {}
    for place, (name, born) in enumerate(BORN.items()):
        found[name] = factories.make_resident(
            given=name,
            birth_date=dt.date(*born),
            town="緑町" if place < 4 else "青葉町",
            sex="female" if place % 2 == 0 else "male",
            household=home if place < 4 else None,
            relationship="世帯主" if place == 0 else "",
        )
    return found


def chosen(document, on=TODAY):
    return [one for step in people_after(read_segment(document), 0, on=on) for one in step.chosen]


def names(people, document):
    by_pk = {person.pk: name for name, person in people.items()}
    return [by_pk[one.subject_id] for one in chosen(document)]


def who(*parts):
    return {"who": {"all": list(parts)}}


AGE = {"answer": "age"}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (who({"gte": [AGE, 37]}), ["あや", "いち", "おと"]),
        (who({"gte": [AGE, 38]}), ["いち", "おと"]),
        # born on 29 February: seven from 1 March of a common year
        (who({"eq": [AGE, 6]}), ["うみ"]),
        (who({"gt": [AGE, 15]}, {"lt": [AGE, 40]}), ["あや", "いち", "えま"]),
        (who({"lte": [AGE, 6]}), ["うみ"]),
        (who({"in": [{"answer": "town"}, ["青葉町", "ない町"]]}), ["おと"]),
        (who({"eq": [{"answer": "sex"}, "male"]}), ["いち", "えま"]),
        (who({"any": [{"eq": [AGE, 6]}, {"in": [{"answer": "town"}, ["青葉町"]]}]}), ["うみ", "おと"]),
        (who({"not": {"gte": [AGE, 18]}}), ["うみ", "えま"]),
        (
            who({"some": {"rows": "household", "where": {"lte": [{"row": "age"}, 6]}}}, {"gte": [AGE, 18]}),
            ["あや", "いち"],
        ),
        (who({"eq": [{"answer": "has_account"}, True]}), []),
    ],
)
def test_conditions_choose_exactly_whom_they_say(people, document, expected):
    assert names(people, document) == expected
    assert count_people(read_segment(document), on=TODAY) == len(expected)


def test_a_guardian_gets_one_for_each_child(people):
    found = chosen({"about": {"all": [{"lte": [AGE, 17]}]}})
    assert [(one.subject_id, one.recipient_id) for one in found] == [
        (people["うみ"].pk, people["あや"].pk),
        (people["えま"].pk, people["あや"].pk),
    ]


def test_the_guardian_must_suit_the_condition_too(people):
    document = {"about": {"lte": [AGE, 17]}, "who": {"eq": [{"answer": "sex"}, "male"]}}
    assert chosen(document) == []


def test_somebody_of_unknown_age_in_the_household_is_no_child(people):
    type(people["うみ"]).objects.filter(given_name="うみ").update(birth_date=None)
    document = who({"some": {"rows": "household", "where": {"lte": [{"row": "age"}, 6]}}})
    assert names(people, document) == []


def test_without_a_head_the_oldest_grown_up_gets_it(people):
    type(people["あや"]).objects.update(relationship="")
    [first, _second] = chosen({"about": {"lte": [AGE, 17]}})
    assert first.recipient_id == people["いち"].pk


def test_people_who_left_or_died_are_never_chosen(people):
    type(people["おと"]).objects.filter(pk=people["おと"].pk).update(died_on=TODAY)
    assert names(people, who({"gte": [AGE, 60]})) == []


def test_an_index_counts_what_it_can(people):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        count_people(read_segment(who({"gte": [AGE, 18]}, {"in": [{"answer": "town"}, ["緑町"]]})), on=TODAY)
    assert len(queries) == 1


def test_interests_are_those_of_the_own_account(people, resident):
    topic = Topic.objects.create(key="bousai", name="防災")
    TopicSubscription.objects.create(topic=topic, email=resident.user.email, confirmed_at=resident.created_at)
    TopicSubscription.objects.create(topic=topic, email="other@example.jp", confirmed_at=resident.created_at)
    found = chosen(who({"contains": [{"answer": "interests"}, "bousai"]}))
    assert [one.subject_id for one in found] == [resident.pk]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({}, "条件を一つ以上"),
        ({"wer": {}}, "who"),
        ({"who": {"all": []}}, "all"),
        (who({"eq": [{"answer": "income"}, 1]}), "「income」という項目はありません"),
        (who({"like": [AGE, 1]}), "like"),
    ],
)
def test_what_is_no_segment_is_refused_in_a_sentence(document, said):
    with pytest.raises(SegmentRefused, match=said):
        read_segment(document)


def test_every_registered_fact_can_be_asked_for(people):
    for fact in segment_facts:
        assert fact.facts_for([person.pk for person in people.values()]) is not None
        assert all(len(pair) == 2 for pair in fact.choices())


def test_a_segment_becomes_the_rows_of_a_campaign(people, municipality, department, handler):
    kind = NoticeType.objects.create(key="k", name="就学時健診", category="new", consent_required=False)
    version = NoticeTypeVersion.objects.create(notice_type=kind, number=1, title="((subject_name))さん", body="((day))")
    orphan = factories.make_resident(given="くう", birth_date=dt.date(2021, 1, 1))
    plan = campaigns.Plan("健診", version, department, CampaignSource.SEGMENT)
    campaign = campaigns.create_campaign(plan=plan, by=handler, request_key="k")
    campaigns.set_segment(campaign=campaign, document={"about": {"lte": [AGE, 17]}}, by=handler)
    campaigns.start_check(campaign=campaign, mapping={}, values={"day": "1月11日"}, by=handler)
    drain(run_campaigns)
    campaign.refresh_from_db()
    assert campaign.campaign_state == CampaignState.CHECKED
    rows = list(campaign.rows.order_by("position").values_list("position", "state", "subject_id", "problem"))
    assert rows == [
        (1, RowState.GOOD, people["うみ"].pk, ""),
        (2, RowState.GOOD, people["えま"].pk, ""),
        (3, RowState.PROBLEM, orphan.pk, "同じ世帯に、受け取る成人がいません。"),
    ]
