"""Who has roles in two departments: what a role carries counts where the role was given, nowhere else."""

import pytest
from django.urls import reverse

from cityhall.enums import Role
from cityhall.models import StaffRole
from cityhall.queries.staff import departments_where, may_in
from notices import queries
from notices.enums import CampaignState, LetterRunState, NoticeState, PaperState
from notices.models import Campaign, LetterRun, LetterRunItem, Notice, NoticeReply
from notices.queries.campaigns import campaigns_for, departments_of, waiting_for
from notices.queries.replies import replies_for
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_hats(department, departments):
    """Approves in another department, and is a contract clerk in the one the notices are of."""
    other = next(one for one in departments.values() if one != department)
    user = factories.make_staff(role=Role.APPROVER, department=other)
    StaffRole.objects.create(
        user=user, role=Role.CONTRACT_CLERK, department=department, active_from=user.roles.get().active_from
    )
    return user


@pytest.fixture
def campaign(notice_type, department, handler):
    return Campaign.objects.create(
        name="12月分",
        version=notice_type.versions.get(),
        department=department,
        source="file",
        campaign_state=CampaignState.READY,
        created_by=handler,
        submitted_by=handler,
    )


def test_a_right_holds_where_its_role_was_given(two_hats, department, administrator, auditor):
    (own,) = departments_where(two_hats, "notices.withdraw_notice")
    assert own != department.pk
    assert departments_where(two_hats, "notices.view_notice") == {own, department.pk}
    assert may_in(two_hats, "notices.withdraw_notice", own)
    assert not may_in(two_hats, "notices.withdraw_notice", department.pk)
    assert not may_in(two_hats, "notices.withdraw_notice", None)
    assert departments_where(administrator, "notices.withdraw_notice") is None
    assert departments_where(auditor, "notices.view_notice") is None
    assert departments_where(auditor, "notices.withdraw_notice") == frozenset()


def test_campaigns_of_the_other_department_are_out_of_reach(login, two_hats, campaign, handler, approver, department):
    assert not campaigns_for(two_hats).exists()
    assert department not in departments_of(two_hats)
    assert (waiting_for(two_hats), waiting_for(approver)) == (0, 1)
    browser = login(two_hats)
    for name in ("campaign_approve", "campaign_cancel", "campaign_send"):
        answer = browser.post(reverse(f"notices:{name}", args=[campaign.public_id]), {"reason": "誤り"})
        assert answer.status_code == 404
    campaign.refresh_from_db()
    assert campaign.campaign_state == CampaignState.READY


def test_an_auditor_who_approves_elsewhere_sees_and_does_not_act(login, two_hats, campaign):
    StaffRole.objects.create(user=two_hats, role=Role.AUDITOR, active_from=two_hats.roles.first().active_from)
    browser = login(two_hats)
    page = browser.get(reverse("notices:campaign_detail", args=[campaign.public_id]))
    assert (page.context["may_approve"], page.context["may_change"]) == (False, False)
    answer = browser.post(reverse("notices:campaign_approve", args=[campaign.public_id]))
    assert answer.status_code == 404


def test_notices_of_the_other_department_are_read_and_not_withdrawn(login, two_hats, available, consenting):
    notice = available(consenting)
    browser = login(two_hats)
    page = browser.get(reverse("notices:staff_detail", args=[notice.public_id]))
    assert page.status_code == 200
    assert page.context["withdraw_form"] is None
    answer = browser.post(reverse("notices:staff_withdraw", args=[notice.public_id]), {"reason": "誤り"})
    assert answer.status_code == 404
    assert Notice.objects.get().state == NoticeState.AVAILABLE


def test_letters_and_replies_of_the_other_department_are_not_theirs(
    login, two_hats, available, consenting, department, handler
):
    notice = available(consenting)
    Notice.objects.filter(pk=notice.pk).update(paper_state=PaperState.DUE)
    run = LetterRun.objects.create(
        department=department, created_by=handler, request_key="r1", run_state=LetterRunState.PRINTED
    )
    LetterRunItem.objects.create(run=run, notice=notice, position=1, problem="文字")
    NoticeReply.objects.create(notice=notice, author=consenting.user, body="質問", request_key="q1")
    for found in (
        queries.letters_due,
        queries.letter_runs_for,
        queries.letter_items_for,
        queries.letters_returned,
        replies_for,
    ):
        assert not found(two_hats).exists()
    assert (queries.letters_due(handler).count(), replies_for(handler).count()) == (1, 1)
    browser = login(two_hats)
    assert browser.get(reverse("notices:letter_run_detail", args=[run.public_id])).status_code == 404
    assert browser.post(reverse("notices:letter_run_create"), {"department": department.pk}).status_code == 302
    assert LetterRun.objects.count() == 1
