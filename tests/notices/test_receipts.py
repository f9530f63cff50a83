import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from cityhall.crypto import encrypt
from cityhall.db import violated
from cityhall.errors import StaleState
from notices import queries
from notices.models import Notice, NoticeType, OutgoingMail, ReceiptEvent
from notices.queries.access import Standing, standing_of
from notices.services import NotTheRecipient, confirm_notice, open_notice, record_download, withdraw
from notices.services.receipts import code_of, has_read, show_code
from residents.models import IdentityProof, Mandate, Resident
from tests.applications import casekit


def kinds(notice):
    return list(notice.receipts.order_by("id").values_list("kind", flat=True))


def give_mandate(principal, agent, procedure_keys=(), **fields):
    return Mandate.objects.create(
        principal=principal,
        agent=agent,
        procedure_keys=list(procedure_keys),
        evidence="委任状",
        valid_from=dt.date(2020, 1, 1),
        **fields,
    )


def test_opening_twice_is_one_opening_with_the_first_time(available, consenting):
    notice = available(consenting)
    opened = open_notice(notice, by=consenting.user)
    again = open_notice(notice, by=consenting.user)
    assert opened.state == again.state == "opened"
    assert opened.opened_at == again.opened_at
    assert kinds(notice) == ["available", "opened"]
    event = notice.receipts.get(kind="opened")
    assert (event.actor, event.detail) == (consenting.user, "")


def test_strangers_and_staff_open_nothing(available, consenting, another_resident, handler, administrator):
    notice = available(consenting)
    for user in (another_resident.user, handler, administrator):
        with pytest.raises(NotTheRecipient):
            open_notice(notice, by=user)
        assert not queries.visible_to(user).exists()
        record_download(notice, by=user)
    assert kinds(notice) == ["available"]


def test_agent_with_a_full_mandate_opens_and_the_event_says_so(available, consenting, supporter):
    notice = available(consenting)
    give_mandate(consenting, supporter)
    assert list(queries.visible_to(supporter.user)) == [notice]
    assert open_notice(notice, by=supporter.user).state == "opened"
    event = notice.receipts.get(kind="opened_by_agent")
    assert (event.actor, event.detail) == (supporter.user, "代理人による")
    open_notice(notice, by=consenting.user)
    assert kinds(notice) == ["available", "opened_by_agent"]


def test_agent_for_the_procedure_reads_and_the_notice_stays_unopened(available, consenting, supporter):
    notice = available(consenting)
    Notice.objects.update(action_kind="procedure", action_target="jido-teate-nintei", paper_state="due")
    give_mandate(consenting, supporter, procedure_keys=["jido-teate-nintei"])
    assert list(queries.visible_to(supporter.user)) == [notice]
    assert standing_of(notice, supporter.user) is Standing.LIMITED
    for _twice in range(2):
        read = open_notice(notice, by=supporter.user)
    assert (read.state, read.opened_at, read.paper_state) == ("available", None, "due")
    assert kinds(notice) == ["available", "opened_by_agent"]
    assert notice.receipts.last().detail == "一部の手続の代理人による"
    assert has_read(read, supporter.user, Standing.LIMITED)
    with pytest.raises(NotTheRecipient):
        confirm_notice(notice, by=supporter.user)
    assert open_notice(notice, by=consenting.user).state == "opened"


def test_agent_sees_what_answers_a_case_of_the_procedure(available, consenting, supporter, department):
    case = casekit.make_case(casekit.make_procedure(department), consenting)
    about = available(consenting, key="1")
    available(consenting, key="2")
    Notice.objects.filter(pk=about.pk).update(source_id=case.public_id)
    give_mandate(consenting, supporter, procedure_keys=[case.procedure.key])
    assert list(queries.visible_to(supporter.user)) == [about]


def test_mandate_ends_with_death_and_with_protection(available, consenting, supporter):
    available(consenting)
    give_mandate(consenting, supporter)
    Resident.objects.filter(pk=consenting.pk).update(died_on=dt.date(2026, 1, 1))
    assert not queries.visible_to(supporter.user).exists()
    Resident.objects.filter(pk=consenting.pk).update(died_on=None, protected_until=dt.date(2099, 1, 1))
    assert not queries.visible_to(supporter.user).exists()


def test_evidence_names_level_way_and_document(available, consenting):
    notice = available(consenting)
    IdentityProof.objects.create(resident=consenting, provider="card", level="card")
    open_notice(notice, by=consenting.user)
    made, opened = notice.receipts.all()
    assert (made.identity_level, made.actor, made.sha256) == ("", None, notice.sha256)
    assert (opened.identity_level, opened.sha256) == ("card", notice.sha256)
    assert opened.recorded_at >= opened.occurred_at


def test_level_without_a_proof_is_the_proven_address(available, consenting):
    assert open_notice(available(consenting), by=consenting.user).receipts.last().identity_level == "email"


def test_effect_on_opening_is_written_then(available, consenting, notice_type):
    NoticeType.objects.update(effect="opened")
    notice = available(consenting)
    Notice.objects.filter(pk=notice.pk).update(effective_on=None)
    moment = dt.datetime(2026, 4, 1, 15, 30, tzinfo=dt.UTC)
    # half past midnight in Tokyo
    assert open_notice(notice, by=consenting.user, now=moment).effective_on == dt.date(2026, 4, 2)


def test_code_is_shown_to_who_opened_and_each_person_once(available, consenting, supporter):
    notice = available(consenting)
    Notice.objects.update(one_time_code=encrypt("POINT-7788"))
    notice.refresh_from_db()
    with pytest.raises(StaleState):
        show_code(notice, by=consenting.user)
    with pytest.raises(NotTheRecipient):
        show_code(notice, by=supporter.user)
    open_notice(notice, by=consenting.user)
    for _twice in range(2):
        show_code(notice, by=consenting.user)
    assert kinds(notice) == ["available", "opened", "code_shown"]
    assert code_of(notice) == "POINT-7788"


@pytest.mark.parametrize("fields", [{"procedure_keys": ["jido-teate-nintei"]}, {"valid_until": dt.date(2020, 12, 31)}])
def test_narrow_or_ended_mandate_opens_nothing(available, consenting, supporter, fields):
    notice = available(consenting)
    give_mandate(consenting, supporter, **fields)
    with pytest.raises(NotTheRecipient):
        open_notice(notice, by=supporter.user)
    assert not queries.visible_to(supporter.user).exists()


def test_draft_cannot_be_opened_or_seen(issue, consenting):
    notice = issue(consenting)
    with pytest.raises(StaleState):
        open_notice(notice, by=consenting.user)
    assert not queries.visible_to(consenting.user).exists()


def test_confirming_needs_opening_and_happens_once(available, consenting):
    notice = available(consenting)
    with pytest.raises(StaleState):
        confirm_notice(notice, by=consenting.user)
    open_notice(notice, by=consenting.user)
    confirm_notice(notice, by=consenting.user)
    assert confirm_notice(notice, by=consenting.user).state == "confirmed"
    assert open_notice(notice, by=consenting.user).state == "confirmed"
    assert kinds(notice) == ["available", "opened", "confirmed"]


def test_downloads_are_each_an_event(available, consenting):
    notice = available(consenting)
    record_download(notice, by=consenting.user)
    record_download(notice, by=consenting.user)
    assert kinds(notice) == ["available", "downloaded", "downloaded"]


def test_withdrawing_tells_the_person_and_keeps_the_evidence(available, consenting, approver):
    notice = available(consenting)
    open_notice(notice, by=consenting.user)
    withdrawn = withdraw(notice, by=approver, reason="金額の誤り")
    assert (withdrawn.state, withdrawn.withdrawn_reason) == ("withdrawn", "金額の誤り")
    assert withdrawn.opened_at is not None
    assert kinds(notice) == ["available", "opened", "withdrawn"]
    mails = OutgoingMail.objects.order_by("id")
    assert [mail.subject for mail in mails][1] == "【緑野市】お届けした通知についてお知らせがあります"
    assert "金額" not in mails[1].body
    with pytest.raises(StaleState):
        withdraw(notice, by=approver, reason="x")
    with pytest.raises(StaleState):
        open_notice(notice, by=consenting.user)


def test_withdrawing_stops_a_letter_that_was_due(available, resident, approver):
    notice = available(resident)
    assert notice.paper_state == "due"
    assert withdraw(notice, by=approver, reason="x").paper_state == "none"


def test_opening_stops_a_due_letter_unless_the_law_wants_paper(available, consenting, another_resident):
    late = available(consenting, key="1")
    Notice.objects.filter(pk=late.pk).update(paper_state="due")
    assert open_notice(late, by=consenting.user).paper_state == "none"
    by_law = available(another_resident, key="2")
    assert open_notice(by_law, by=another_resident.user).paper_state == "due"


def test_evidence_and_texts_are_frozen_by_the_database(available, consenting):
    notice = available(consenting)
    attempts = [
        lambda: ReceiptEvent.objects.update(detail="x"),
        lambda: ReceiptEvent.objects.all().delete(),
        lambda: notice.version.__class__.objects.update(body="x"),
    ]
    for attempt in attempts:
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            attempt()
        assert violated(refused.value).endswith("_frozen")


def test_staff_see_their_departments_only(available, consenting, handler, administrator, departments):
    notice = available(consenting)
    assert list(queries.visible_to_staff(handler)) == [notice]
    Notice.objects.update(department=departments["kaigo"])
    assert not queries.visible_to_staff(handler).exists()
    assert list(queries.visible_to_staff(administrator)) == [notice]


def test_receipts_are_read_in_the_order_they_were_written(available, consenting):
    notice = available(consenting)
    assert notice.receipts.all().ordered
    assert queries.of_source("application", "case-1").get().receipts.all().ordered
