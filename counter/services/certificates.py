"""Certificates served at once: a visit that is for them alone, received, paid for and handed over in a few steps.

On the services of the visit: whoever leads it may leave the short way (`release`) and go on in the long one.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.enums import PaymentMethod, PaymentState
from applications.models import Application, Payment, PaymentEvent, Procedure
from applications.services.fees import AlreadySettled, AmountChanged, BadPayment, exempt, record_payment, till_of
from cityhall.errors import StaleState
from cityhall.models import User
from cityhall.text import clean_text
from counter.at_once import is_of_family_register, with_presets
from counter.enums import ACTING, Companion, Origin, Relation, VisitEventKind, VisitState
from counter.errors import (
    AuthorityMissing,
    CannotFileHere,
    MandateOfOthers,
    NotIdentifiedEnough,
    NotOfFamily,
    OtherProcedures,
    ProtectedUnconfirmed,
    SubjectMismatch,
    ThirdPartyReason,
)
from counter.forms import combined_of
from counter.identity import BY_KEY, DocumentGroup
from counter.models import CertificateIssue, CertificateOrder, Visit
from counter.queries.certificates import desk_certificates, needs_superior, payments_of
from counter.queries.receiving import owner_name
from counter.queries.visits import chosen_procedures
from counter.services import issues, visits
from counter.services.visits.states import touch
from counter.subjects import NOBODY, Subject

BEFORE_REVIEW = frozenset({VisitState.OPEN, VisitState.IDENTIFIED, VisitState.FILLING})


@dataclass(frozen=True)
class Requester:
    """Who asks. `authority` are papers that let a proxy act (keys of `counter.identity`).

    `about` is whose certificate it is, `subject` what else is known of them; `confirmed_by` the superior who was asked
    because somebody is protected (支援措置).
    """

    relation: Relation
    reason: str = ""
    subject: str = ""
    proxy_name: str = ""
    authority: Sequence[str] = ()
    about: Subject = NOBODY
    confirmed_by: str = ""

    @property
    def is_proxy(self) -> bool:
        return self.relation == Relation.PROXY and bool(self.proxy_name.strip())


@dataclass(frozen=True)
class Paid:
    """How the fees of a visit were paid. `tendered`: what was handed over in cash for all of them; None: to the yen."""

    method: PaymentMethod
    tendered: int | None = None


@dataclass(frozen=True)
class Waived:
    """Fees that are waived, by `owner_name` of the procedure and the key of the fee, and why."""

    fees: Collection[str] = ()
    reason: str = ""


def begin(visit: Visit) -> CertificateOrder:
    """Serve a visit the short way. Twice is once. Raises OtherProcedures, StaleState once everything was read."""
    with transaction.atomic():
        row = Visit.objects.select_for_update(no_key=True).get(pk=visit.pk)
        order, is_new = CertificateOrder.objects.get_or_create(visit=row)
        is_changed = is_new or not order.is_short
        if is_changed and row.state not in BEFORE_REVIEW:
            raise StaleState
        if is_changed and any(not one.procedure.issued_at_once for one in chosen_procedures(row)):
            raise OtherProcedures
        if not order.is_short:
            order.is_short = True
            order.save(update_fields=["is_short"])
    return order


def release(visit: Visit, requester: Requester | None = None, *, by: User, now: dt.datetime | None = None) -> None:
    """Go on the long way, with everything that was typed, who asks included: the person needs something else besides.

    A proxy who was typed is the second person of the visit from then on, unless their right was not shown yet.
    Twice is once. Raises StaleState.
    """
    with transaction.atomic():
        row = Visit.objects.select_for_update(no_key=True).get(pk=visit.pk)
        if row.state not in BEFORE_REVIEW:
            raise StaleState
        if requester and requester.is_proxy and CertificateOrder.objects.filter(visit=row, is_short=True).exists():
            _bring_proxy(row, requester, by=by, now=now or timezone.now())
        # the long way asks for more, and may name somebody else: its superior is named there
        columns = _said(_as_typed(requester)) | {"confirmed_by": ""} if requester else {}
        CertificateOrder.objects.filter(visit=row, is_short=True).update(is_short=False, **columns)


def _bring_proxy(visit: Visit, requester: Requester, *, by: User, now: dt.datetime) -> None:
    try:
        with transaction.atomic():
            _identify_again(visit, requester, by=by, now=now)
    except (AuthorityMissing, MandateOfOthers, NotIdentifiedEnough):
        # the page says what is missing; the identification asks for it
        return


def _as_typed(requester: Requester) -> Requester:
    """Somebody who was picked is dropped where another name was typed since."""
    about = requester.about
    return replace(requester, about=replace(about, resident=None)) if about.is_named_otherwise else requester


def choose(visit: Visit, procedure: Procedure, *, by: User, now: dt.datetime | None = None) -> Visit:
    """One certificate more, with what goes without saying filled in. Raises CannotFileHere, StaleState."""
    moment = now or timezone.now()
    if procedure not in desk_certificates(by):
        raise CannotFileHere
    with transaction.atomic():
        visits.add(visit, [(procedure, "")], origin=Origin.STAFF, by=by, now=moment)
        prepare(visit, by=by, now=moment)
        visits.fill_known(visit, by, now=moment)
    return visit


def leave_out(visit: Visit, procedure: Procedure, *, by: User, now: dt.datetime | None = None) -> Visit:
    """One certificate less; what only it asked for goes with it. Twice is once. Raises StaleState."""
    visits.drop(visit, procedure, reason=_("証明書の受付で外しました。"), by=by, now=now)
    return visit


def prepare(visit: Visit, *, by: User, now: dt.datetime) -> Visit:
    """Begin the questions if nothing was asked yet, and answer what nobody has to be asked.

    In the caller's transaction. Raises NothingChosen, CannotFileHere, StaleState.
    """
    if visit.state == VisitState.IDENTIFIED:
        visits.begin_questions(visit, by, now=now)
    combined = combined_of(chosen_procedures(visit), at_desk=True)
    values = with_presets(combined, visit.values, today=timezone.localdate(now))
    if values != visit.values:
        revision = visit.values_revision + 1
        columns: dict[str, Any] = {"values": values, "values_revision": revision}
        touch(visit, event=VisitEventKind.SAVED, by=by, now=now, detail="presets", **columns)
    return visit


def to_signature(visit: Visit, requester: Requester, *, by: User, now: dt.datetime | None = None) -> Visit:
    """FILLING → REVIEWING with who asks. Either both are kept or none.

    Raises what `say` and `visits.to_review` raise.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        say(visit, requester, by=by, now=moment)
        return visits.to_review(visit, by, now=moment)


def say(visit: Visit, requester: Requester, *, by: User, now: dt.datetime | None = None) -> None:
    """Keep who asks; a proxy is also the second person of the visit, whose paper was seen.

    What was typed of it until now goes. Raises ThirdPartyReason, NotOfFamily, SubjectMismatch, ProtectedUnconfirmed,
    CompanionUnnamed, AuthorityMissing, MandateOfOthers, StaleState.
    """
    columns = _said(requester)
    if requester.relation == Relation.THIRD and not (columns["reason"] and _names_somebody(columns)):
        raise ThirdPartyReason
    if requester.relation == Relation.FAMILY and not _asks_of_family(visit):
        raise NotOfFamily
    if columns["subject_resident"] and requester.about.is_named_otherwise:
        raise SubjectMismatch
    is_asked = bool(columns["confirmed_by"])
    if not is_asked and needs_superior(visit, requester.relation, requester.about, requester.proxy_name.strip()):
        raise ProtectedUnconfirmed
    with transaction.atomic():
        current = Visit.objects.select_for_update(no_key=True).filter(pk=visit.pk, revision=visit.revision)
        if not current.exists():
            raise StaleState
        # first: identifying somebody else takes back what a superior said of who was here before
        _identify_again(visit, requester, by=by, now=now or timezone.now())
        CertificateOrder.objects.update_or_create(visit=visit, defaults=columns)


def _asks_of_family(visit: Visit) -> bool:
    return is_of_family_register(combined_of(chosen_procedures(visit), at_desk=True))


def keep_requester(visit: Visit, typed: Mapping[str, Any]) -> None:
    """Keep the form of who asks as it stands, right or wrong, until it is said (`say`). The last word counts."""
    if typed:
        CertificateOrder.objects.filter(visit=visit, visit__wiped_at=None).update(typed=dict(typed))


def _said(requester: Requester) -> dict[str, Any]:
    """Columns of the order. Whose certificate it is says a third party, and a proxy where it is not who sent them."""
    is_third, about = requester.relation == Relation.THIRD, requester.about
    is_another = is_third or requester.relation == Relation.PROXY
    words = {
        "subject_name": (about.name, 120),
        "subject_kana": (about.kana, 120),
        "subject_birth": (about.birth, 20),
        "subject_address": (about.address, 200),
        "subject": (requester.subject, 120),
    }
    said = {name: _short(text, most) if is_another else "" for name, (text, most) in words.items()}
    return said | {
        "relation": requester.relation,
        "reason": _short(requester.reason, 120) if is_third else "",
        "subject_resident": about.resident if is_another else None,
        "confirmed_by": _short(requester.confirmed_by, 60),
        "typed": {},
    }


def _names_somebody(columns: Mapping[str, Any]) -> bool:
    return bool(columns["subject_name"] or columns["subject"] or columns["subject_resident"])


def _short(text: str, most: int) -> str:
    return clean_text(text.strip())[:most]


def _identify_again(visit: Visit, requester: Requester, *, by: User, now: dt.datetime) -> None:
    """Say of the second person what the relation says, where the identification said otherwise."""
    documents = [key for key in visit.documents if BY_KEY[key].group != DocumentGroup.AUTHORITY]
    companion, name = visit.companion, visit.companion_name
    if requester.relation == Relation.PROXY:
        companion = companion if companion in ACTING else Companion.PROXY
        name = requester.proxy_name.strip() or (name if visit.companion in ACTING else "")
        documents += [key for key in BY_KEY if key in requester.authority]
    elif companion in ACTING:
        companion, name = Companion.NONE, ""
    if (documents, companion, name) == (visit.documents, visit.companion, visit.companion_name):
        return
    visits.identify(
        visit,
        documents=documents,
        resident=visit.resident,
        by=by,
        companion=companion,
        companion_name=name,
        mandate=visit.mandate if requester.relation == Relation.PROXY else None,
        now=now,
    )


def receive(
    visit: Visit,
    *,
    by: User,
    request_key: str,
    seen_total: int,
    paid: Paid | None = None,
    waived: Waived | None = None,
    papers_seen: Collection[str] = (),
    now: dt.datetime | None = None,
) -> Visit:
    """SIGNED → RECEIVED with the payment, all or nothing: filed, waiting to be handed over, at the issuing terminal.

    Without `paid` the fees stay due until the certificates are handed over. Twice is once. Raises what
    `visits.receive` raises, and what `settle` raises. Locks as they do, in this order.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        row = visits.receive(visit, by=by, papers_seen=papers_seen, now=moment)
        if not row.is_practice and (paid or waived):
            settle(row, by=by, request_key=request_key, seen_total=seen_total, paid=paid, waived=waived, now=moment)
    return row


def settle(
    visit: Visit,
    *,
    by: User,
    request_key: str,
    seen_total: int,
    paid: Paid | None = None,
    waived: Waived | None = None,
    now: dt.datetime | None = None,
) -> None:
    """Waive fees of a visit, take the others in one payment. The same request twice is one payment.

    `seen_total` is what the page asked for before anything was waived. Raises AmountChanged, AlreadySettled (another
    desk was faster), BadPayment, NotAllowed, NotDesignated, ReasonMissing. Locks the cases, then tills, each in
    the order of their ids.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        payments = payments_of(visit)
        if not payments or _is_done(payments, request_key, paid=paid, waived=waived):
            return
        due = [one for one in payments if one.state == PaymentState.DUE]
        if not due and (paid or waived):
            raise AlreadySettled
        if sum(one.amount for one in due) != seen_total:
            raise AmountChanged
        _lock_cases(due)
        gone = [one for one in due if waived and fee_name(one) in waived.fees]
        for one in gone:
            exempt(payment=one, seen_amount=one.amount, reason=waived.reason if waived else "", by=by, now=moment)
        rest = [one for one in due if one not in gone]
        if paid and rest:
            _take(rest, paid, by=by, request_key=request_key, now=moment)


def _lock_cases(due: Sequence[Payment]) -> None:
    """All cases before the first till: whoever takes one fee on the page of its case holds the case, then the till."""
    cases = Application.objects.select_for_update(no_key=True).filter(pk__in={one.application_id for one in due})
    list(cases.order_by("pk").values_list("pk"))


def fee_name(payment: Payment) -> str:
    """How a fee is named on the page, before there is a row of it, too."""
    return owner_name(payment.application.procedure.key, payment.fee_key)


def _is_done(payments: Sequence[Payment], request_key: str, *, paid: Paid | None, waived: Waived | None) -> bool:
    """Whether the same request came before: what it waives is waived, and its money is taken, or nothing was left."""
    gone = [one for one in payments if waived and fee_name(one) in waived.fees]
    if not (gone or paid) or any(one.state != PaymentState.EXEMPTED for one in gone):
        return False
    rest = [one for one in payments if one.state in (PaymentState.DUE, PaymentState.PAID)]
    if not paid or (gone and not rest):
        return True
    keys = [_payment_key(request_key, one) for one in payments]
    return PaymentEvent.objects.filter(request_key__in=keys).exists()


def _payment_key(request_key: str, payment: Payment) -> str:
    return f"{request_key}:{payment.pk}"[:80]


def _take(due: Sequence[Payment], paid: Paid, *, by: User, request_key: str, now: dt.datetime) -> None:
    """One payment for several fees: what is handed over in cash covers the sum, the last fee has the change."""
    total = sum(one.amount for one in due)
    is_cash = paid.method == PaymentMethod.CASH
    tendered = total if paid.tendered is None else paid.tendered
    if is_cash and tendered < total:
        raise BadPayment
    change = tendered - total if is_cash else 0
    tills = {one.pk: till_of(by, one.application).pk for one in due}
    ordered = sorted(due, key=lambda one: (tills[one.pk], one.pk))
    for one in ordered:
        extra = change if one is ordered[-1] else 0
        record_payment(
            payment=one,
            seen_amount=one.amount,
            method=paid.method,
            by=by,
            request_key=_payment_key(request_key, one),
            tendered=one.amount + extra if is_cash else None,
            now=now,
        )


def hand(visit: Visit, wanted: Sequence[CertificateIssue], *, by: User, now: dt.datetime | None = None) -> None:
    """Certificates are in the hands of the person; with the last one the visit is over.

    Locks the visit, then what `issues.hand` locks; raises what it raises.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        row = Visit.objects.select_for_update(no_key=True).get(pk=visit.pk)
        issues.hand(wanted, by=by, now=moment)
        _close_when_done(row, by, moment)


def cancel(issue: CertificateIssue, *, reason: str, by: User, now: dt.datetime | None = None) -> None:
    """Take a certificate back before it is handed over; with the last one the visit is over.

    Locks the visit, then what `issues.cancel` locks; raises what it raises.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        row = Visit.objects.select_for_update(no_key=True).get(pk=issue.visit_id)
        issues.cancel(issue, reason=reason, by=by, now=moment)
        _close_when_done(row, by, moment)


def _close_when_done(row: Visit, by: User, now: dt.datetime) -> None:
    """Only of visits that were served the short way: in the long one there are papers to hand over, too."""
    is_done = not CertificateIssue.objects.filter(visit=row, over_at=None).exists()
    if (
        is_done
        and row.state == VisitState.RECEIVED
        and CertificateOrder.objects.filter(visit=row, is_short=True).exists()
    ):
        visits.close(row, by, now=now)
