"""Whose cases a person sees, alone and in the work list."""

import datetime as dt
from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse

from applications.enums import ApplicantKind, ApplicationState, Channel
from applications.models import Application, RatingTally
from applications.permissions import ROLE_PERMISSIONS, CaseAction, CaseRight
from applications.queries.cases import may_read
from applications.queries.intake import receivable, taken_down
from applications.queries.ratings import opinions
from applications.queries.scope import allowed_actions, possible_handlers, scope_for, visible_cases
from applications.queries.worklist import WorkListFilter, count_up_to, work_list
from applications.services.receptions import Person, Received, start_for
from cityhall.days import today
from cityhall.enums import AuditAction, GrantedRightKind, Role
from cityhall.models import AuditEvent, GrantedRight, StaffRole
from cityhall.services.granting import grant_reception
from residents.names import fold_kana, fold_name
from tests import factories
from tests.applications.casekit import make_case, make_procedure

S = ApplicationState
TODAY = dt.date(2026, 11, 21)


def listed(user, size=50, after="", **wanted):
    return [
        row.applicant_name
        for row in work_list(user=user, wanted=WorkListFilter(**wanted), today=TODAY, size=size, after=after).rows
    ]


def grant(giver, receiver, procedure, kind=GrantedRightKind.RECEPTION, **fields):
    return GrantedRight.objects.create(
        from_department=giver,
        to_department=receiver,
        kind=kind,
        procedure_key=procedure.key,
        **{"active_from": dt.date(2020, 1, 1)} | fields,
    )


@pytest.fixture
def person(db):
    resident = factories.make_resident_user()

    def make(procedure, name, *, due=None, **fields):
        return make_case(
            procedure,
            resident,
            applicant_name=name,
            applicant_search=fold_name(name),
            due_on=due,
            **fields,
        )

    return make


@pytest.fixture
def procedures(departments):
    return {code: make_procedure(departments[code], key=f"{code}-form", notices=False) for code in departments}


# --- single cases ---------------------------------------------------------------------------------


def test_own_department_reads_and_strangers_do_not(departments, procedures, clerk, auditor, administrator, resident):
    case = make_case(procedures["kosodate"])
    stranger = factories.make_staff(role=Role.APPROVER, department=departments["shimin"])
    readers = [person for person in (clerk, auditor, administrator) if may_read(person, case)]
    assert readers == [clerk, auditor, administrator]
    assert [may_read(person, case) for person in (stranger, resident.user, AnonymousUser())] == [False] * 3


def test_drafts_are_seen_by_nobody(procedures, clerk, auditor):
    for state in (S.DRAFT, S.WITHDRAWN):
        case = make_case(procedures["kosodate"], state=state, number=None, submitted_at=None)
        assert [may_read(person, case) for person in (clerk, auditor)] == [False, False]
    assert not visible_cases(auditor).exists()


def test_granted_procedure_opens_that_procedure_only(departments, procedures):
    helper = factories.make_staff(role=Role.HANDLER, department=departments["shimin"])
    other = make_procedure(departments["kosodate"], notices=False)
    grant(departments["kosodate"], departments["shimin"], procedures["kosodate"])
    granted, not_granted = make_case(procedures["kosodate"]), make_case(other)
    assert [may_read(helper, granted), may_read(helper, not_granted)] == [True, False]
    assert list(visible_cases(helper)) == [granted]


def test_grant_of_a_key_the_giver_does_not_own_opens_nothing(departments, procedures):
    helper = factories.make_staff(role=Role.HANDLER, department=departments["shimin"])
    grant(departments["kaigo"], departments["shimin"], procedures["kosodate"])
    assert not may_read(helper, make_case(procedures["kosodate"]))


@pytest.mark.parametrize(
    "period",
    [
        {"active_from": dt.date(2020, 1, 1), "active_until": dt.date(2020, 12, 31)},
        {"active_from": dt.date(2999, 1, 1)},
    ],
)
def test_grant_and_role_count_only_in_their_time(departments, procedures, period):
    helper = factories.make_staff(role=Role.HANDLER, department=departments["shimin"])
    grant(departments["kosodate"], departments["shimin"], procedures["kosodate"], **period)
    former = factories.make_staff(role=Role.HANDLER, department=departments["kosodate"], **period)
    case = make_case(procedures["kosodate"])
    assert [may_read(helper, case), may_read(former, case)] == [False, False]


def test_inactive_account_has_no_scope(procedures, clerk):
    clerk.is_active = False
    assert not scope_for(clerk)


def test_contract_clerk_has_no_right_to_decide():
    assert ROLE_PERMISSIONS[Role.CONTRACT_CLERK] == {
        "applications.view_case",
        "applications.receive_case",
        "applications.view_fees",
        "applications.manage_fees",
        "applications.read_reports",
        "applications.file_as_staff",
    }


def test_auditor_and_administrator_have_no_step(procedures, auditor, administrator):
    for state in S:
        if state not in (S.DRAFT, S.WITHDRAWN):
            case = make_case(procedures["kosodate"], state=state)
            assert (allowed_actions(auditor, case), allowed_actions(administrator, case)) == (frozenset(), frozenset())


ACTIONS = {
    S.SUBMITTED: {CaseAction.TAKE, CaseAction.ASSIGN},
    S.IN_REVIEW: {CaseAction.RETURN, CaseAction.DECIDE, CaseAction.ASSIGN},
    S.RETURNED: {CaseAction.ASSIGN},
    S.APPROVED: {CaseAction.COMPLETE, CaseAction.REOPEN},
    S.REFUSED: {CaseAction.COMPLETE, CaseAction.REOPEN},
    S.COMPLETED: {CaseAction.REOPEN},
    S.WITHDRAWN: set(),
}


@pytest.mark.parametrize("state", ACTIONS)
def test_handler_has_the_steps_of_the_state(procedures, handler, state):
    case = make_case(procedures["kosodate"], state=state)
    # a handler may write whatever the state
    assert allowed_actions(handler, case) == ACTIONS[state] | {CaseAction.WRITE}


def test_possible_handlers_are_those_who_may_process(departments, procedures, handler, approver, clerk):
    helper = factories.make_staff(role=Role.HANDLER, department=departments["shimin"], name="応援")
    factories.make_staff(role=Role.HANDLER, department=departments["kaigo"], name="他課")
    grant(departments["kosodate"], departments["shimin"], procedures["kosodate"], GrantedRightKind.PROCESSING)
    case = make_case(procedures["kosodate"])
    assert set(possible_handlers(case)) == {handler, approver, helper}


# --- the work list ----------------------------------------------------------------------------------


def test_list_is_ordered_by_due_date_and_cases_without_one_come_last(procedures, person, clerk):
    person(procedures["kosodate"], "期限なし")
    person(procedures["kosodate"], "来月", due=dt.date(2026, 12, 20))
    person(procedures["kosodate"], "昨日", due=dt.date(2026, 11, 20), state=S.IN_REVIEW)
    person(procedures["kosodate"], "明日", due=dt.date(2026, 11, 22), state=S.RETURNED)
    assert listed(clerk) == ["昨日", "明日", "来月", "期限なし"]


def test_list_shows_own_departments_and_granted_procedures(departments, procedures, person):
    helper = factories.make_staff(role=Role.CLERK, department=departments["shimin"])
    helper.roles.create(role=Role.CLERK, department=departments["digital"], active_from=dt.date(2020, 1, 1))
    grant(departments["kosodate"], departments["shimin"], procedures["kosodate"])
    other = make_procedure(departments["kosodate"], notices=False)
    for day, (procedure, name) in enumerate(
        [
            (procedures["shimin"], "市民課"),
            (procedures["kosodate"], "子育て"),
            (procedures["digital"], "デジタル"),
            (other, "見えない"),
            (procedures["kaigo"], "見えない"),
        ],
        start=1,
    ):
        person(procedure, name, due=dt.date(2026, 12, day))
    assert listed(helper) == ["市民課", "子育て", "デジタル"]
    assert listed(helper, procedure_id=procedures["kosodate"].pk) == ["子育て"]
    assert listed(helper, procedure_id=other.pk) == []


def test_list_of_an_auditor_is_the_whole_city(procedures, person, auditor):
    for code in procedures:
        person(procedures[code], code, due=TODAY)
    assert sorted(listed(auditor)) == sorted(procedures)


def test_list_of_residents_is_empty(procedures, person, resident):
    person(procedures["kosodate"], "誰か")
    assert listed(resident.user) == []


def test_list_filters(procedures, person, handler, clerk):
    person(procedures["kosodate"], "私の", handler=handler, state=S.IN_REVIEW, due=dt.date(2026, 11, 1))
    person(procedures["kosodate"], "他人の", handler=clerk, state=S.IN_REVIEW, due=dt.date(2026, 12, 1))
    person(procedures["kosodate"], "未定", due=TODAY)
    person(procedures["kosodate"], "終わった", state=S.COMPLETED, due=dt.date(2026, 10, 1))
    person(procedures["kosodate"], "取下げ", state=S.WITHDRAWN, due=dt.date(2026, 10, 2))
    assert listed(handler) == ["私の", "未定", "他人の"]
    assert listed(handler, handler="me") == ["私の"]
    assert listed(handler, handler="nobody") == ["未定"]
    assert listed(handler, due="late") == ["私の"]
    assert listed(handler, state=S.COMPLETED) == ["終わった"]
    assert listed(handler, state=S.WITHDRAWN) == ["取下げ"]


@pytest.mark.parametrize("typed", ["高橋", "髙橋", "高橋 さ", "たかはし", "ﾀｶﾊｼ"])
def test_list_finds_by_characters_and_by_reading(procedures, person, clerk, typed):
    person(procedures["kosodate"], "髙橋 さくら", applicant_search_kana=fold_kana("タカハシ サクラ"), state=S.COMPLETED)
    person(procedures["kosodate"], "鈴木 健太", applicant_search_kana=fold_kana("スズキ ケンタ"))
    assert listed(clerk, text=typed) == ["髙橋 さくら"]


def test_list_takes_signs_of_patterns_literally(procedures, person, clerk):
    person(procedures["kosodate"], "高橋")
    assert listed(clerk, text="%") == []
    assert listed(clerk, text="_橋") == []


def test_list_finds_by_number_in_own_scope_only(departments, procedures, person, clerk):
    case = person(procedures["kosodate"], "高橋", state=S.COMPLETED)
    stranger = factories.make_staff(role=Role.CLERK, department=departments["shimin"])
    typed = f" {case.number[:4]}－{case.number[4:8]}-{case.number[8:]}"
    assert (listed(clerk, text=typed), listed(stranger, text=typed)) == (["高橋"], [])


@pytest.mark.parametrize("wanted", [{}, {"text": "人"}, {"state": S.COMPLETED}])
def test_pages_together_are_the_whole_list(procedures, person, clerk, wanted):
    """Equal due dates, equal names and missing dates at every border between pages."""
    for number in range(13):
        due = [TODAY, dt.date(2026, 12, 1), None][number // 5]
        state = S.COMPLETED if wanted.get("state") else (S.SUBMITTED, S.IN_REVIEW)[number % 2]
        person(procedures["kosodate"], f"人{number // 4}", due=due, state=state)
    whole = work_list(user=clerk, wanted=WorkListFilter(**wanted), today=TODAY)
    pages, after = [], ""
    while True:
        page = work_list(user=clerk, wanted=WorkListFilter(**wanted), today=TODAY, size=3, after=after)
        pages += [row.pk for row in page.rows]
        after = page.next_after
        if not after:
            break
    assert len(pages) == 13
    assert pages == [row.pk for row in whole.rows]


def test_cursor_of_a_stranger_case_shows_nothing(departments, procedures, person, clerk):
    person(procedures["kosodate"], "高橋")
    foreign = person(procedures["shimin"], "鈴木")
    assert listed(clerk, after=foreign.public_id) == []
    assert listed(clerk, after="x" * 22) == []


def test_list_of_closed_cases_starts_with_the_latest(procedures, person, clerk):
    person(procedures["kosodate"], "古い", state=S.COMPLETED, due=dt.date(2025, 1, 1))
    person(procedures["kosodate"], "新しい", state=S.COMPLETED, due=dt.date(2026, 1, 1))
    assert listed(clerk, state=S.COMPLETED) == ["新しい", "古い"]


def test_count_stops_at_the_limit(procedures, person, clerk):
    for _number in range(4):
        person(procedures["kosodate"], "誰か")
    assert count_up_to(3, user=clerk, condition=Q(is_open=True)) == 3
    assert count_up_to(9, user=clerk, condition=Q(is_open=True)) == 4
    assert count_up_to(9, user=clerk, right=CaseRight.DECIDE, condition=Q(is_open=True)) == 0


# --- everything a department takes, at the desk of another ---------------------------------------------


@pytest.fixture
def desk(departments, administrator):
    """市民課 receives for child care."""
    grant_reception(
        to_department=departments["shimin"],
        from_departments=[departments["kosodate"]],
        active_from=dt.date(2020, 1, 1),
        by=administrator,
    )
    return departments["shimin"]


def give_role(user, department):
    StaffRole.objects.create(user=user, role=Role.CLERK, department=department, active_from=dt.date(2020, 1, 1))


@pytest.fixture
def at_desk(person, desk):
    """A case that the desk received for its department."""

    def make(procedure, name, **fields):
        return person(procedure, name, **{"channel": Channel.COUNTER, "desk_department": desk} | fields)

    return make


DESK_ROLES = [Role.CLERK, Role.CONTRACT_CLERK, Role.HANDLER, Role.APPROVER]


@pytest.mark.parametrize("role", DESK_ROLES)
def test_desk_sees_and_takes_what_it_received_and_decides_nothing(desk, departments, procedures, person, at_desk, role):
    helper = factories.make_staff(role=role, department=desk)
    later = make_procedure(departments["kosodate"], notices=False)
    cases = [at_desk(procedures["kosodate"], "子育て"), at_desk(later, "あとから増えた")]
    person(procedures["kaigo"], "介護")
    assert list(visible_cases(helper).order_by("id")) == cases
    assert sorted(listed(helper)) == ["あとから増えた", "子育て"]
    assert listed(helper, procedure_id=later.pk) == ["あとから増えた"]
    assert [may_read(helper, case) for case in cases] == [True, True]
    assert allowed_actions(helper, cases[0]) == {CaseAction.TAKE}
    assert helper not in possible_handlers(cases[0])
    assert set(receivable(helper)) >= {procedures["kosodate"], later}
    assert procedures["kaigo"] not in receivable(helper)
    assert not scope_for(helper, CaseRight.PROCESS).covers(cases[0])


@pytest.mark.parametrize("role", DESK_ROLES)
@pytest.mark.parametrize(
    "channel", [Channel.ONLINE, Channel.COUNTER, Channel.PAPER], ids=["online", "own counter", "own post"]
)
def test_desk_sees_nothing_that_came_another_way(desk, departments, procedures, person, login, role, channel):
    helper = factories.make_staff(role=role, department=desk)
    case = person(procedures["kosodate"], "子育て", channel=channel)
    assert (list(visible_cases(helper)), may_read(helper, case), listed(helper)) == ([], False, [])
    assert listed(helper, procedure_id=procedures["kosodate"].pk) == listed(helper, text="子育て") == []
    assert listed(helper, state=S.SUBMITTED) == []
    assert allowed_actions(helper, case) == frozenset()
    assert count_up_to(9, user=helper, condition=Q(is_open=True), right=CaseRight.RECEIVE) == 0
    assert login(helper).get(reverse("applications:case_detail", args=[case.public_id])).status_code == 404


def test_what_another_desk_received_is_a_strangers(desk, departments, procedures, person):
    """Of two desks that a department lets receive, and of a desk whose right is over, each knows its own."""
    other = departments["kaigo"]
    grant_reception(
        to_department=other,
        from_departments=[departments["kosodate"]],
        active_from=dt.date(2020, 1, 1),
        by=factories.make_staff(role=Role.ADMINISTRATOR, department=None),
    )
    helper = factories.make_staff(role=Role.CLERK, department=desk)
    fields = {"channel": Channel.COUNTER}
    mine = person(procedures["kosodate"], "こちら", desk_department=desk, **fields)
    theirs = person(procedures["kosodate"], "あちら", desk_department=other, **fields)
    assert (may_read(helper, mine), may_read(helper, theirs), listed(helper)) == (True, False, ["こちら"])
    GrantedRight.objects.filter(to_department=desk).update(active_until=dt.date(2021, 1, 1))
    helper = type(helper).objects.get(pk=helper.pk)
    assert (may_read(helper, mine), listed(helper)) == (False, [])
    # the department itself reads all of its cases
    owner = factories.make_staff(role=Role.CLERK, department=departments["kosodate"])
    assert sorted(listed(owner)) == ["あちら", "こちら"]


@pytest.mark.parametrize("where", ["desk", "owner", "both"])
def test_typing_in_keeps_which_desk_it_was(desk, departments, procedures, where):
    """The owner of the procedure is no desk of another: its own counter leaves the column empty."""
    clerk = factories.make_staff(role=Role.CLERK, department=departments["kosodate" if where == "owner" else "shimin"])
    if where == "both":
        give_role(clerk, departments["kosodate"])
    procedures["kosodate"].channels = ["online", "counter"]
    procedures["kosodate"].save()
    draft = start_for(
        procedure=procedures["kosodate"],
        person=Person(resident=factories.make_resident()),
        received=Received(Channel.COUNTER),
        by=clerk,
        request_key="once",
    )
    assert draft.desk_department == (desk if where == "desk" else None)
    assert list(taken_down(clerk)) == [draft]
    colleague = factories.make_staff(role=Role.CLERK, department=desk)
    assert list(taken_down(colleague)) == ([draft] if where == "desk" else [])


def test_only_what_staff_took_down_for_the_public_is_of_a_desk(desk, procedures, person, clerk):
    case = person(procedures["kosodate"], "子育て")
    rows = Application.objects.filter(pk=case.pk)
    with pytest.raises(IntegrityError, match="application_of_a_desk_is_taken_down"), transaction.atomic():
        rows.update(desk_department=desk)
    rows.update(channel=Channel.COUNTER, desk_department=desk)
    staffs = {"applicant_kind": ApplicantKind.STAFF, "resident": None, "filed_by": clerk}
    with pytest.raises(IntegrityError, match="application_of_a_desk_is_taken_down"), transaction.atomic():
        rows.update(**staffs)


def test_cases_from_before_find_their_desk(desk, departments, procedures, person, monkeypatch):
    """The migration: who typed in at the desk and never worked for the owner, whatever became of the right."""
    migration = import_module("applications.migrations.0008_fill_desk_departments")
    helper = factories.make_staff(role=Role.CLERK, department=desk)
    both = factories.make_staff(role=Role.CLERK, department=desk)
    give_role(both, departments["kosodate"])
    other = factories.make_department(code="two desks")
    of_two = factories.make_staff(role=Role.CLERK, department=desk)
    give_role(of_two, other)
    grant(departments["kosodate"], other, procedures["kosodate"])
    by = {"online": None, "desk": helper, "own": both, "either": of_two}
    for name, clerk in by.items():
        fields = {"channel": Channel.COUNTER, "filed_by": clerk} if clerk else {}
        person(procedures["kosodate"], name, **fields)
    person(procedures["kaigo"], "no right", channel=Channel.COUNTER, filed_by=helper)
    GrantedRight.objects.update(active_until=dt.date(2021, 1, 1))
    monkeypatch.setattr(migration, "BATCH", 1)
    migration.fill(apps, None)
    migration.fill(apps, None)
    assert list(Application.objects.filter(desk_department=desk).values_list("applicant_name", flat=True)) == ["desk"]


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.DISTRICT_HEAD])
def test_desk_grant_gives_nothing_to_roles_without_a_desk(desk, procedures, role):
    person = factories.make_staff(role=role, department=None)
    assert not scope_for(person, CaseRight.RECEIVE)


def test_desk_grant_leaves_what_employees_file_alone(desk, departments, procedures, at_desk, clerk):
    helper = factories.make_staff(role=Role.CLERK, department=desk)
    internal = make_procedure(departments["kosodate"], notices=False, applicant_kinds=["staff"])
    case = make_case(internal)
    Application.objects.filter(pk=case.pk).update(applicant_kind=ApplicantKind.STAFF, resident=None, filed_by=clerk)
    case.refresh_from_db()
    assert (may_read(helper, case), internal in receivable(helper)) == (False, False)
    assert listed(helper) == []
    assert not scope_for(helper).covers_procedure(internal)
    # the procedure granted by its name as well: all of it, and what the desk received once
    grant(departments["kosodate"], desk, internal)
    grant(departments["kosodate"], desk, procedures["kosodate"])
    make_case(procedures["kosodate"], applicant_name="オンライン")
    at_desk(procedures["kosodate"], "窓口")
    helper = type(helper).objects.get(pk=helper.pk)
    assert sorted(listed(helper)) == sorted([case.applicant_name, "オンライン", "窓口"])
    assert sorted(listed(helper, procedure_id=procedures["kosodate"].pk)) == sorted(["オンライン", "窓口"])


def test_desk_reads_its_own_part_page_by_page(desk, departments, procedures, person, at_desk):
    """What is read in part does not end the list where the rest of the procedure begins."""
    helper = factories.make_staff(role=Role.CLERK, department=desk)
    for day in range(1, 5):
        person(procedures["kosodate"], f"オンライン{day}", due=dt.date(2026, 12, day))
        at_desk(procedures["kosodate"], f"窓口{day}", due=dt.date(2026, 12, day))
    wanted = WorkListFilter(procedure_id=procedures["kosodate"].pk)
    names, after = [], ""
    while True:
        page = work_list(user=helper, wanted=wanted, today=TODAY, size=3, after=after)
        names += [row.applicant_name for row in page.rows]
        if not (after := page.next_after):
            break
    assert names == ["窓口1", "窓口2", "窓口3", "窓口4"]


def test_desk_grant_reads_as_few_rows_as_one_procedure(desk, departments, at_desk, django_assert_num_queries):
    helper = factories.make_staff(role=Role.CLERK, department=desk)
    for number in range(3):
        at_desk(make_procedure(departments["kosodate"], notices=False), f"誰か{number}")
    listed(helper)
    with django_assert_num_queries(2):
        assert len(listed(helper)) == 3


def test_a_desk_reads_no_ratings_of_what_it_receives_for_others(desk, departments, procedures):
    RatingTally.objects.create(procedure=procedures["kosodate"], score=9, count=7)
    of_desk, of_owner = (
        factories.make_staff(role=Role.CLERK, department=place) for place in (desk, departments["kosodate"])
    )
    assert opinions(of_desk) == []
    assert [one.procedure for one in opinions(of_owner)] == [procedures["kosodate"]]


def test_all_procedures_are_for_receiving_only(departments):
    rights = {"from_department": departments["kosodate"], "to_department": departments["shimin"]}
    with pytest.raises(IntegrityError, match="granted_right_to_all_is_reception"), transaction.atomic():
        GrantedRight.objects.create(
            **rights, kind=GrantedRightKind.PROCESSING, procedure_key="", active_from=dt.date(2020, 1, 1)
        )


def test_granted_twice_is_once_and_a_new_period_is_a_change(desk, departments, administrator):
    given = {"to_department": desk, "from_departments": [departments["kosodate"], departments["kaigo"], desk]}
    again = grant_reception(**given, active_from=dt.date(2020, 1, 1), by=administrator)
    assert (again.created, again.changed, again.kept) == (1, 0, 1)
    ended = grant_reception(
        **given, active_from=dt.date(2020, 1, 1), active_until=dt.date(2026, 3, 31), by=administrator
    )
    assert (ended.created, ended.changed, ended.kept) == (0, 2, 0)
    events = AuditEvent.objects.filter(target_type="cityhall.grantedright").order_by("id")
    assert [(event.action, event.changed_fields) for event in events] == [
        (AuditAction.CREATE, []),
        (AuditAction.CREATE, []),
        (AuditAction.CHANGE, ["active_until"]),
        (AuditAction.CHANGE, ["active_until"]),
    ]


def test_a_later_start_takes_no_running_right_away(desk, departments, administrator):
    given = {"to_department": desk, "from_departments": [departments["kosodate"]], "by": administrator}
    later = today() + dt.timedelta(days=30)
    grant_reception(**given, active_from=later, active_until=later)
    right = GrantedRight.objects.get()
    assert (right.active_from, right.active_until) == (dt.date(2020, 1, 1), later)
    # one that is over begins anew
    GrantedRight.objects.update(active_until=dt.date(2021, 1, 1))
    grant_reception(**given, active_from=later)
    right.refresh_from_db()
    assert (right.active_from, right.active_until) == (later, None)
