"""Who may sign for whom: one table, and that the page, the list and the service read it alike."""

import datetime as dt

import pytest

from applications.approvals import NotYourTurn, OwnFiling, OwnProposal, SignedAlready
from applications.enums import ApplicationState, Channel, DecisionKind
from applications.models import ApplicationRevision, ApprovalDelegate, ApprovalStep
from applications.queries.approvals import possible_signers, waiting_turns
from applications.queries.scope import waiting_approval
from applications.queries.standing_in import signer_of
from applications.services import casework
from cityhall.days import today
from cityhall.enums import Role
from cityhall.models import User
from tests import factories
from tests.applications.casekit import fresh, make_case, make_procedure

APPROVE = DecisionKind.APPROVE
# name → role; all of one department
PEOPLE = {
    "proposer": Role.APPROVER,
    "typist": Role.APPROVER,
    "corrector": Role.APPROVER,
    "first": Role.APPROVER,
    "second": Role.APPROVER,
    "helper": Role.HANDLER,
    "clerk": Role.CLERK,
}


class City:
    """A case typed in by one, corrected by another, proposed by a third, that waits for the first of two signatures."""

    def __init__(self, department, resident):
        self.people = {
            name: factories.make_staff(f"{name}@example.jp", role=role, department=department, name=name)
            for name, role in PEOPLE.items()
        }
        procedure = make_procedure(department, needs_approval=True)
        for position in (1, 2):
            ApprovalStep.objects.create(procedure=procedure, position=position, title=f"{position}番")
        typist = self.people["typist"]
        self.case = make_case(
            procedure, resident, state=ApplicationState.IN_REVIEW, channel=Channel.PAPER, filed_by=typist
        )
        ApplicationRevision.objects.create(
            application=self.case, number=2, answers={}, submitted_by=self.people["corrector"]
        )
        casework.propose(application=self.case, decision=APPROVE, reason="認定します。", by=self.people["proposer"])

    def now(self, name):
        """The person as a new request has them."""
        return User.objects.get(pk=self.people[name].pk)

    def away(self, principal, delegate):
        ApprovalDelegate.objects.create(
            principal=self.people[principal],
            delegate=self.people[delegate],
            from_on=today(),
            until_on=today() + dt.timedelta(days=1),
            created_by=self.people[principal],
        )

    def sign(self, name):
        casework.approve_proposal(application=fresh(self.case), by=self.now(name))


@pytest.fixture
def city(municipality, department, resident):
    return City(department, resident)


def nothing(city):
    """Nobody is away, nobody signed."""


def away(principal, delegate):
    return lambda city: city.away(principal, delegate)


def signed(*names):
    return lambda city: [city.sign(name) for name in names]


def after(*steps):
    return lambda city: [step(city) for step in steps]


OWN = "in their own name"
TABLE = [
    # what happened, who wants to sign, in whose name, or why not
    (nothing, "first", OWN),
    (nothing, "helper", NotYourTurn),
    (nothing, "clerk", NotYourTurn),
    (nothing, "proposer", OwnProposal),
    (nothing, "typist", OwnFiling),
    (nothing, "corrector", OwnFiling),
    (away("first", "helper"), "helper", "first"),
    # the right is there, and the person themselves works nowhere near
    (away("first", "clerk"), "clerk", NotYourTurn),
    # who may not sign lends no right either
    (away("proposer", "helper"), "helper", NotYourTurn),
    (away("typist", "helper"), "helper", NotYourTurn),
    (away("corrector", "helper"), "helper", NotYourTurn),
    # and who may not sign does not for anybody else
    (away("first", "proposer"), "proposer", OwnProposal),
    (away("first", "typist"), "typist", OwnFiling),
    (away("first", "corrector"), "corrector", OwnFiling),
    # one's own right comes first
    (away("second", "first"), "first", OWN),
    (signed("first"), "first", SignedAlready),
    (signed("first"), "second", OWN),
    (after(signed("first"), away("second", "first")), "first", SignedAlready),
    (after(signed("first"), away("first", "helper")), "helper", NotYourTurn),
    (after(away("first", "helper"), signed("helper")), "helper", SignedAlready),
    # back at the desk: that right was used by who stood in
    (after(away("first", "helper"), signed("helper")), "first", NotYourTurn),
    (after(away("first", "helper"), signed("helper")), "second", OWN),
    # a right that was used bars nobody's eyes: they may lend them to somebody else
    (after(away("first", "helper"), signed("helper"), away("second", "first")), "first", "second"),
]


@pytest.mark.parametrize(("happened", "who", "expected"), TABLE)
def test_who_may_sign_for_whom(city, happened, who, expected):
    happened(city)
    person = city.now(who)
    proposal = waiting_approval(fresh(city.case))
    signer = signer_of(person)
    may = isinstance(expected, str)
    refusal = signer.refusal(proposal)
    assert type(refusal) is (type(None) if may else expected)
    assert waiting_turns(person).count() == int(may)
    listed = [(one.user, one.on_behalf_of) for one in possible_signers(proposal) if one.user == person]
    assert bool(listed) == may
    if may:
        on_behalf_of = None if expected == OWN else city.people[expected]
        assert signer.capacity(proposal).on_behalf_of == on_behalf_of
        assert listed[0] == (person, on_behalf_of)


def test_who_signed_for_somebody_is_among_the_signers(city):
    """They may still send the case back: what they signed is theirs."""
    city.away("first", "helper")
    assert signer_of(city.now("helper")).is_among(waiting_approval(fresh(city.case)))
    city.sign("helper")
    assert signer_of(city.now("helper")).is_among(waiting_approval(fresh(city.case)))
    assert not signer_of(city.now("clerk")).is_among(waiting_approval(fresh(city.case)))
