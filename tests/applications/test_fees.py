"""Fees: rules, charging, the till, the closing of a day."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from applications.definition import parse
from applications.enums import ApplicationState, DecisionKind, PaymentEventKind, PaymentMethod, PaymentState
from applications.fees import fee_problems, fees_of
from applications.hindrances import Hindered
from applications.inventory.years import current_year
from applications.models import Application, ApplicationEvent, DailyClosing, Payment, PaymentEvent
from applications.queries.fees import totals_of, unpaid_of
from applications.services import casework, fees
from applications.services.casework import NotAllowed, ReasonMissing
from applications.services.withdrawal import withdraw
from cityhall.enums import Role
from cityhall.errors import StaleState
from cityhall.models import AuditEvent, ClosedDay
from cityhall.my_numbers import REFUSED_TO_STAFF, TICK
from notices.models import OutgoingMail
from tests import factories
from tests.applications.casekit import ANSWERS, DEFINITION, NOW, make_case, make_procedure
from tests.applications.feekit import FEES, fee_of, make_fee_case, pay
from tests.applications.sendkit import make_draft, send

pytestmark = pytest.mark.django_db
S = ApplicationState
DAY = dt.date(2026, 11, 20)  # a Friday


@pytest.fixture(autouse=True)
def _city(municipality):
    return municipality


@pytest.fixture
def clerk(department):
    return factories.make_staff(role=Role.CLERK, department=department)


@pytest.fixture
def handler(department):
    return factories.make_staff(role=Role.HANDLER, department=department)


@pytest.fixture
def approver(department):
    return factories.make_staff(role=Role.APPROVER, department=department)


@pytest.fixture
def case(department):
    return make_fee_case(department)


def kinds(payment):
    return list(payment.events.order_by("id").values_list("kind", flat=True))


# --- rules ------------------------------------------------------------------------------------------------


def test_fees_follow_the_answers_and_drop_parts_of_a_yen():
    form = parse(DEFINITION)
    assert [(fee.key, fee.amount) for fee in fees_of(FEES, form, ANSWERS, today=DAY)] == [("issue", 300), ("copy", 150)]
    without = {key: value for key, value in ANSWERS.items() if key != "bank"}
    assert [fee.key for fee in fees_of(FEES, form, without, today=DAY)] == ["issue"]
    part = [{"key": "a", "label": "端数", "amount": {"times": [{"number": "0.5"}, 3]}}]
    assert fees_of(part, form, {}, today=DAY)[0].amount == 1


def test_every_mistake_of_the_rules_is_named():
    rules = [
        {"key": "Bad", "label": "", "amount": {"answer": "nobody"}, "extra": 1},
        {"key": "twice", "label": "一", "amount": {"answer": "child_name"}},
        {"key": "twice", "label": "二", "amount": 100, "when": {"eq": 1}},
    ]
    problems = [(one.where, one.message) for one in fee_problems(rules, parse(DEFINITION))]
    assert [where for where, _message in problems] == ["fees[1]"] * 4 + ["fees[2]", "fees[3]", "fees[3]"]
    assert "extra" in problems[0][1]
    assert "nobody" in problems[3][1]
    assert problems[4][1] == "金額は数にしてください。"
    assert fee_problems([], None) == []
    assert fee_problems(FEES, parse(DEFINITION)) == []


# --- charging ---------------------------------------------------------------------------------------------


def test_submission_charges_and_sending_again_charges_nothing_new(department, resident):
    from tests.applications import sendkit

    other = sendkit.make_procedure(department, fees=FEES[:1])
    draft = make_draft(other, resident)
    send(draft, resident)
    send(draft, resident)
    payment = Payment.objects.get()
    assert (payment.amount, payment.state, kinds(payment)) == (300, PaymentState.DUE, ["charged"])


def test_due_fee_follows_changed_answers(department):
    case = make_fee_case(department, rules=FEES)
    fees.charge(case, {}, by=case.filed_by, now=NOW)
    assert fee_of(case, "copy").state == PaymentState.CANCELLED
    fees.charge(case, ANSWERS, by=case.filed_by, now=NOW)
    copy = fee_of(case, "copy")
    assert (copy.state, kinds(copy)) == (PaymentState.DUE, ["charged", "cancelled", "charged"])
    case.procedure.fees = [FEES[0] | {"amount": 450}]
    fees.charge(case, ANSWERS, by=None, now=NOW)
    issue = fee_of(case)
    assert (issue.amount, kinds(issue), issue.events.last().note) == (450, ["charged", "changed"], "300円 → 450円")


def test_paid_fee_is_never_changed_silently(case, clerk, approver):
    pay(case, clerk, now=NOW)
    case.procedure.fees = [FEES[0] | {"amount": 450}]
    fees.charge(case, ANSWERS, by=None, now=NOW)
    payment = fee_of(case)
    assert (payment.amount, payment.state, payment.expected) == (300, PaymentState.PAID, 450)
    fees.charge(case, ANSWERS, by=None, now=NOW)
    assert kinds(payment) == ["charged", "paid", "changed"]
    fees.reverse(payment=fee_of(case), reason="差額の収納", by=approver, now=NOW)
    payment = fee_of(case)
    assert (payment.amount, payment.state, payment.expected) == (450, PaymentState.DUE, None)


def test_withdrawal_lets_go_of_what_is_due(department):
    case = make_fee_case(department, state=S.SUBMITTED)
    withdraw(application=case, by=case.filed_by, now=NOW)
    assert fee_of(case).state == PaymentState.CANCELLED


# --- what is not issued -------------------------------------------------------------------------------------


def test_nothing_is_granted_while_the_fee_is_due(case, handler, clerk):
    with pytest.raises(Hindered, match="未納") as refused:
        casework.decide(application=case, decision=DecisionKind.APPROVE, reason="可", by=handler)
    assert str(refused.value) == "手数料 300円が未納です。収納または免除を記録してください。"
    pay(case, clerk)
    casework.decide(application=case, decision=DecisionKind.APPROVE, reason="可", by=handler)
    assert Application.objects.get(pk=case.pk).state == S.APPROVED


def test_refusal_waits_for_no_fee_and_completion_lets_go_of_it(case, handler):
    casework.decide(application=case, decision=DecisionKind.REFUSE, reason="不可", by=handler)
    casework.complete(application=case, by=handler)
    assert fee_of(case).state == PaymentState.CANCELLED


def test_document_is_not_handed_out_unpaid(department, handler, clerk):
    case = make_fee_case(department, fee_due="issue")
    casework.decide(application=case, decision=DecisionKind.APPROVE, reason="可", by=handler)
    with pytest.raises(Hindered):
        casework.complete(application=case, by=handler)
    case.refresh_from_db()
    assert case.state == S.APPROVED
    fees.exempt(payment=fee_of(case), seen_amount=300, reason="条例6条", by=handler)
    casework.complete(application=case, by=handler)
    assert Application.objects.get(pk=case.pk).state == S.COMPLETED


# --- the till -----------------------------------------------------------------------------------------------


def test_payment_writes_receipt_journal_event_and_audit(case, clerk):
    payment = pay(case, clerk, now=NOW)
    assert (payment.state, payment.method, payment.business_day) == ("paid", "cash", DAY)
    assert (payment.receipt_number, payment.tendered, payment.settled_by) == ("2026-000001", 1000, clerk)
    entry = payment.events.get(kind="paid")
    assert (entry.amount, entry.department, entry.business_day) == (300, case.department, DAY)
    assert ApplicationEvent.objects.filter(application=case, kind="paid").count() == 1
    assert AuditEvent.objects.get(target_type="payment").detail == "paid"


def test_double_click_is_one_payment(case, clerk):
    pay(case, clerk, key="same")
    pay(case, clerk, key="same")
    assert PaymentEvent.objects.filter(kind="paid").count() == 1
    with pytest.raises(fees.AlreadySettled):
        pay(case, clerk, key="other")


def test_receipt_numbers_count_by_fiscal_year_and_are_never_given_twice(department, clerk, approver):
    first, second, third = (make_fee_case(department) for _number in range(3))
    april = dt.datetime(2027, 4, 1, 3, tzinfo=dt.UTC)
    assert pay(first, clerk, key="1", now=NOW).receipt_number == "2026-000001"
    fees.reverse(payment=fee_of(first), reason="誤り", by=approver, now=NOW)
    assert pay(first, clerk, key="2", now=NOW).receipt_number == "2026-000002"
    assert pay(second, clerk, key="3", now=NOW).receipt_number == "2026-000003"
    assert pay(third, clerk, key="4", now=april).receipt_number == "2027-000001"


@pytest.mark.parametrize(
    ("method", "values"),
    [
        (PaymentMethod.CASH, {"tendered": 299}),
        (PaymentMethod.CASH, {"tendered": None}),
        (PaymentMethod.TRANSFER, {}),
        (PaymentMethod.TRANSFER, {"received_on": DAY + dt.timedelta(days=1)}),
    ],
)
def test_impossible_payments_are_refused(case, clerk, method, values):
    with pytest.raises(fees.BadPayment):
        pay(case, clerk, method=method, now=NOW, **values)
    assert fee_of(case).state == PaymentState.DUE


def test_transfer_keeps_the_day_of_the_bank(case, clerk):
    paid = pay(case, clerk, method=PaymentMethod.TRANSFER, received_on=dt.date(2026, 11, 18), now=NOW)
    assert (paid.received_on, paid.business_day, paid.tendered) == (dt.date(2026, 11, 18), DAY, None)


def test_payment_names_the_amount_the_person_saw(case, clerk):
    with pytest.raises(fees.AmountChanged):
        pay(case, clerk, seen_amount=200)


def test_strangers_take_no_fee(case):
    stranger = factories.make_staff(role=Role.APPROVER, department=factories.make_department())
    with pytest.raises(NotAllowed):
        pay(case, stranger)


def test_waiving_needs_a_reason_and_the_right_to_process(case, clerk, handler):
    with pytest.raises(NotAllowed):
        fees.exempt(payment=fee_of(case), seen_amount=300, reason="条例6条", by=clerk)
    with pytest.raises(ReasonMissing):
        fees.exempt(payment=fee_of(case), seen_amount=300, reason=" ", by=handler)
    assert fees.exempt(payment=fee_of(case), seen_amount=300, reason="条例6条", by=handler).state == "exempted"


def test_taking_back_needs_another_approver(case, handler, approver):
    pay(case, approver)
    with pytest.raises(NotAllowed):
        fees.reverse(payment=fee_of(case), reason="誤り", by=handler)
    with pytest.raises(fees.OwnEntry):
        fees.reverse(payment=fee_of(case), reason="誤り", by=approver)
    other = factories.make_staff(role=Role.APPROVER, department=case.department)
    stale = fee_of(case)
    fees.reverse(payment=fee_of(case), reason="誤り", by=other)
    assert fee_of(case).state == PaymentState.DUE
    with pytest.raises(fees.AlreadySettled):
        fees.reverse(payment=stale, reason="誤り", by=other)


def test_reminder_goes_once_a_day_and_says_nothing_of_money(case, clerk):
    assert fees.remind(payment=fee_of(case), by=clerk, now=NOW)
    assert not fees.remind(payment=fee_of(case), by=clerk, now=NOW)
    assert fees.remind(payment=fee_of(case), by=clerk, now=NOW + dt.timedelta(days=1))
    assert OutgoingMail.objects.count() == 2


# --- the closing of a day -----------------------------------------------------------------------------------


def close(department, by, **values):
    values = {"day": DAY, "counted_cash": 300, "note": "", "seen_total": 300, "now": NOW} | values
    return fees.close_day(department=department, by=by, **values)


def test_day_is_closed_once_and_what_comes_later_counts_for_the_next(department, case, clerk):
    pay(case, clerk, now=NOW)
    closing = close(department, clerk)
    assert closing.totals == {"cash": {"count": 1, "amount": 300}}
    assert close(department, clerk, counted_cash=999) == closing
    ClosedDay.objects.create(date=dt.date(2026, 11, 24))
    later = pay(make_fee_case(department), clerk, key="2", now=NOW)
    # the weekend, the holiday of Monday and a closed Tuesday lie between
    assert later.business_day == dt.date(2026, 11, 25)
    assert totals_of(department, DAY) == closing.totals


def test_closing_wants_what_was_seen_and_a_reason_for_a_difference(department, case, clerk):
    with pytest.raises(fees.NothingToClose):
        close(department, clerk)
    pay(case, clerk, now=NOW)
    with pytest.raises(fees.ClosingChanged):
        close(department, clerk, seen_total=0)
    with pytest.raises(fees.CountDiffers):
        close(department, clerk, counted_cash=290)
    with pytest.raises(fees.NothingToClose):
        close(department, clerk, day=DAY + dt.timedelta(days=1))
    assert close(department, clerk, counted_cash=290, note="10円不足").note == "10円不足"


def test_mistake_leaves_an_open_day_and_is_a_refund_after_it(department, case, clerk, approver):
    pay(case, clerk, key="1", now=NOW)
    fees.reverse(payment=fee_of(case), reason="誤り", by=approver, now=NOW)
    assert totals_of(department, DAY) == {"cash": {"count": 0, "amount": 0}}
    pay(case, clerk, key="2", now=NOW)
    closing = close(department, clerk)
    fees.reverse(payment=fee_of(case), reason="還付", by=approver, now=NOW)
    refund = PaymentEvent.objects.get(kind=PaymentEventKind.REFUNDED)
    assert (refund.amount, refund.business_day) == (-300, dt.date(2026, 11, 24))
    assert totals_of(department, DAY) == closing.totals


def test_database_refuses_what_no_form_sends(department, case, clerk):
    payment = pay(case, clerk, now=NOW)
    close(department, clerk)
    for change in (
        lambda: PaymentEvent.objects.filter(kind="paid").update(amount=1),
        lambda: PaymentEvent.objects.all().delete(),
        lambda: DailyClosing.objects.update(counted_cash=0),
        lambda: Payment.objects.update(tendered=1),
        lambda: PaymentEvent.objects.create(payment=payment, kind="paid", amount=5),
        lambda: PaymentEvent.objects.create(
            payment=payment,
            kind="paid",
            amount=5,
            method="cash",
            department=department,
            business_day=DAY,
            receipt_number=payment.receipt_number,
        ),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


# --- pages --------------------------------------------------------------------------------------------------


def pay_fields(page):
    form = page.context["fee_lines"][0].pay
    return {name: form[name].value() or "" for name in form.fields}


def test_case_page_takes_a_fee_and_shows_the_change(login, case, clerk):
    client = login(clerk)
    page = client.get(reverse("applications:case_detail", args=[case.public_id]))
    data = pay_fields(page) | {"method": "cash", "tendered": "500"}
    url = reverse("applications:fee_pay", args=[fee_of(case).public_id])
    done = client.post(url, data, follow=True)
    assert [str(one) for one in done.context["messages"]] == [
        f"収納を記録しました。おつりは 200円です（領収番号 {current_year()}-000001）。"
    ]
    client.post(url, data)
    assert PaymentEvent.objects.filter(kind="paid").count() == 1
    receipt = client.get(reverse("applications:fee_receipt", args=[fee_of(case).public_id]))
    assert (receipt["Content-Type"], receipt.content[:5]) == ("application/pdf", b"%PDF-")


@pytest.mark.parametrize("tendered", ["", "299", "abc"])
def test_payment_that_is_not_taken_stands_open_with_what_was_typed(login, case, clerk, tendered):
    client = login(clerk)
    fields = pay_fields(client.get(reverse("applications:case_detail", args=[case.public_id])))
    url = reverse("applications:fee_pay", args=[fee_of(case).public_id])
    page = client.post(url, fields | {"method": "cash", "tendered": tendered, "received_on": "2026-11-01"})
    form = page.context["fee_lines"][0].pay
    assert list(form.errors) == ["tendered"]
    assert (form["tendered"].value(), form["received_on"].value()) == (tendered, "2026-11-01")
    text = page.content.decode()
    # the summary leads to the field, in a panel that is open
    target = f'id="{form["tendered"].id_for_label}"'
    summary, _end, rest = text.partition('id="case-fees"')
    assert f'href="#{form["tendered"].id_for_label}"' in summary
    opened = rest.partition(reverse("applications:fee_pay", args=[fee_of(case).public_id]))
    assert opened[0].rindex("<details") == opened[0].rindex('<details class="disclosure" open>')
    assert target in opened[2]
    assert rest.count('<details class="disclosure" open>') == 1
    assert fee_of(case).state == PaymentState.DUE


def test_waiver_on_an_old_page_keeps_the_reason_and_shows_the_new_amount(login, case, handler):
    url = reverse("applications:fee_exempt", args=[fee_of(case).public_id])
    page = login(handler).post(url, {"seen_amount": "200", "reason": "条例6条"})
    form = page.context["fee_lines"][0].exempt
    assert (form["reason"].value(), form["seen_amount"].value()) == ("条例6条", "300")
    assert [str(one) for one in page.context["messages"]] == [str(fees.AmountChanged.message)]
    assert fee_of(case).state == PaymentState.DUE


def test_waiver_another_desk_was_faster_with_leaves_its_reason_to_copy(login, case, handler, clerk):
    pay(case, clerk)
    url = reverse("applications:fee_exempt", args=[fee_of(case).public_id])
    page = login(handler).post(url, {"seen_amount": "300", "reason": "条例6条"})
    assert page.context["kept"] == [("免除の理由", "条例6条")]
    assert fee_of(case).state == PaymentState.PAID


@pytest.mark.parametrize("step", ["exempt", "reverse"])
def test_twelve_digits_in_a_reason_need_the_tick(login, case, handler, approver, clerk, step):
    if step == "reverse":
        pay(case, clerk)
    client = login(handler if step == "exempt" else approver)
    url = reverse(f"applications:fee_{step}", args=[fee_of(case).public_id])
    data = {"seen_amount": "300", "reason": "納付書 123456789018"}
    page = client.post(url, data)
    form = getattr(page.context["fee_lines"][0], step)
    assert form.errors == {"reason": [REFUSED_TO_STAFF]}
    assert f'name="{TICK}" id="{form[TICK].id_for_label}"' in page.content.decode()
    client.post(url, data | {TICK: "on"})
    assert fee_of(case).state == {"exempt": PaymentState.EXEMPTED, "reverse": PaymentState.DUE}[step]
    assert AuditEvent.objects.filter(detail="number confirmed as no My Number").count() == 1


def test_pages_of_the_till(login, case, clerk):
    client = login(clerk)
    payment = pay(case, clerk)
    day = payment.business_day.isoformat()
    page = client.get(reverse("applications:fee_day"), {"day": day})
    assert (page.context["total"], len(page.context["entries"])) == (300, 1)
    code = case.department.code
    data = {"department": code, "day": day, "seen_total": "300", "counted_cash": "200", "note": ""}
    refused = client.post(reverse("applications:fee_close"), data)
    assert refused.context["close_form"].errors["note"] == [str(fees.CountDiffers.message)]
    closed = client.post(reverse("applications:fee_close"), data | {"note": "=100円不足"}, follow=True)
    assert closed.context["closing"].counted_cash == 200
    table = b"".join(client.get(reverse("applications:fee_export"), {"day": day}).streaming_content).decode()
    assert f"{current_year()}-000001" in table
    listed = client.get(reverse("applications:closing_list"))
    assert [row[1] for row in listed.context["rows"]] == [300]
    printed = client.get(reverse("applications:closing_print", args=[DailyClosing.objects.get().public_id]))
    assert printed.content[:5] == b"%PDF-"


def test_a_till_that_is_not_ones_own_is_not_closed_and_no_other_instead(login, case, clerk, department):
    day = pay(case, clerk).business_day
    data = {"department": "nowhere", "day": day.isoformat(), "seen_total": "300", "counted_cash": "300", "note": ""}
    assert login(clerk).post(reverse("applications:fee_close"), data).status_code == 404
    stranger = factories.make_staff(role=Role.CLERK, department=factories.make_department())
    with pytest.raises(NotAllowed):
        fees.close_day(department=department, day=day, counted_cash=300, note="", seen_total=300, by=stranger)
    assert not DailyClosing.objects.exists()


def test_the_same_request_after_the_money_was_taken_back_is_no_payment(case, clerk, approver):
    pay(case, clerk, key="one")
    fees.reverse(payment=fee_of(case), reason="誤り", by=approver)
    with pytest.raises(fees.AlreadySettled):
        pay(case, clerk, key="one")
    assert fee_of(case).state == PaymentState.DUE


def test_unpaid_list_is_of_ones_own_departments(login, case, clerk):
    make_fee_case(factories.make_department())
    client = login(clerk)
    page = client.get(reverse("applications:fee_unpaid"))
    assert [payment.application for payment, _age in page.context["rows"]] == [case]
    client.post(reverse("applications:fee_remind", args=[fee_of(case).public_id]))
    assert OutgoingMail.objects.count() == 1


@pytest.mark.parametrize(("role", "status"), [(Role.ADMINISTRATOR, 200), (Role.AUDITOR, 200)])
def test_city_wide_roles_only_look(login, case, role, status):
    person = factories.make_staff(role=role)
    client = login(person)
    assert client.get(reverse("applications:fee_day")).status_code == status
    data = {"seen_amount": 300, "request_key": "x", "method": "card"}
    assert client.post(reverse("applications:fee_pay", args=[fee_of(case).public_id]), data).status_code in (403, 404)
    assert fee_of(case).state == PaymentState.DUE


def test_applicant_sees_the_amount_before_and_after_sending(login, department, resident):
    from tests.applications import sendkit

    draft = make_draft(sendkit.make_procedure(department, fees=FEES[:1]), resident)
    client = login(resident)
    check = client.get(reverse("applications:draft_check", args=[draft.public_id]))
    assert [fee.amount for fee in check.context["fees"]] == [300]
    send(draft, resident)
    page = client.get(reverse("applications:application_detail", args=[draft.public_id]))
    assert page.context["owed"] == 300
    assert "300円" in page.content.decode()


def test_stale_is_a_stale_state():
    assert issubclass(fees.AlreadySettled, StaleState)


def test_settings_name_every_mistake_of_the_rules(login, department, approver):
    procedure = make_procedure(department)
    client = login(approver)
    url = reverse("applications:design_settings", args=[procedure.key])
    page = client.get(url)
    form = page.context["form"]
    rules = '[{"key": "a", "label": "", "amount": {"answer": "nobody"}}]'
    data = {name: form[name].value() or "" for name in form.fields} | {"fees": rules, "seen": page.context["seen"]}
    errors = client.post(url, data).context["form"].errors["fees"]
    assert len(errors) == 2
    assert make_case(procedure).payments.count() == 0
    assert list(unpaid_of(approver)) == []
