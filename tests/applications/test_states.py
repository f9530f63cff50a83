"""Every allowed and every refused move, and who wins."""

import pytest

from applications.enums import MOVES, ApplicationState, DecisionKind, EventKind
from applications.models import Application, ApplicationEvent
from applications.services.states import move
from cityhall.errors import StaleState
from tests.applications.casekit import NOW, make_case, make_procedure

S = ApplicationState
PAIRS = [(seen, to) for seen in S for to in S]
EXPECTED_MOVES = {
    (S.DRAFT, S.SUBMITTED),
    (S.DRAFT, S.WITHDRAWN),
    (S.SUBMITTED, S.IN_REVIEW),
    (S.SUBMITTED, S.WITHDRAWN),
    (S.SUBMITTED, S.COMPLETED),
    (S.IN_REVIEW, S.RETURNED),
    (S.IN_REVIEW, S.APPROVING),
    (S.IN_REVIEW, S.APPROVED),
    (S.IN_REVIEW, S.REFUSED),
    (S.RETURNED, S.IN_REVIEW),
    (S.RETURNED, S.WITHDRAWN),
    (S.APPROVING, S.IN_REVIEW),
    (S.APPROVING, S.APPROVED),
    (S.APPROVING, S.REFUSED),
    (S.APPROVED, S.COMPLETED),
    (S.APPROVED, S.IN_REVIEW),
    (S.REFUSED, S.COMPLETED),
    (S.REFUSED, S.IN_REVIEW),
    (S.COMPLETED, S.IN_REVIEW),
}


@pytest.fixture
def procedure(department):
    return make_procedure(department, notices=False)


def test_moves_are_those_of_the_design():
    assert {(seen, to) for seen, targets in MOVES.items() for to in targets} == EXPECTED_MOVES


@pytest.mark.parametrize(("seen", "to"), PAIRS)
def test_move_is_allowed_or_refused(procedure, resident, clerk, seen, to):
    case = make_case(procedure, resident, state=seen, number="12345678903", submitted_at=NOW)
    before = case.revision
    fields = {"decision": DecisionKind.APPROVE, "decided_at": NOW}

    if (seen, to) in EXPECTED_MOVES:
        move(case, to=to, event=EventKind.TAKEN, by=clerk, note="理由", now=NOW, **fields)
        case.refresh_from_db()
        assert (case.state, case.revision, case.decision) == (to, before + 1, "approve")
        event = ApplicationEvent.objects.get(application=case)
        assert (event.kind, event.actor, event.note, event.at) == ("taken", clerk, "理由", NOW)
    else:
        with pytest.raises(StaleState):
            move(case, to=to, event=EventKind.TAKEN, by=clerk, **fields)
        case.refresh_from_db()
        assert (case.state, case.revision) == (seen, before)
        assert not ApplicationEvent.objects.exists()


def test_move_from_an_old_copy_is_stale(procedure, resident, clerk):
    case = make_case(procedure, resident)
    old_copy = Application.objects.get(pk=case.pk)
    move(case, to=S.IN_REVIEW, event=EventKind.TAKEN, by=clerk)
    with pytest.raises(StaleState):
        move(old_copy, to=S.IN_REVIEW, event=EventKind.TAKEN, by=clerk)
    assert ApplicationEvent.objects.filter(application=case).count() == 1


def test_move_from_the_same_state_of_an_older_revision_is_stale(procedure, resident, clerk):
    case = make_case(procedure, resident, state=S.IN_REVIEW)
    old_copy = Application.objects.get(pk=case.pk)
    move(case, to=S.RETURNED, event=EventKind.RETURNED, by=clerk)
    move(case, to=S.IN_REVIEW, event=EventKind.RESUBMITTED, by=resident.user)
    with pytest.raises(StaleState):
        move(old_copy, to=S.APPROVED, event=EventKind.APPROVED, by=clerk, decision="approve", decided_at=NOW)
