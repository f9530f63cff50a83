"""One case of a bulk decision, decided by the worker in a transaction of its own."""

from django.db import transaction

from applications.enums import DecisionKind
from applications.models import Application, BulkDecision, BulkDecisionRow
from applications.queries.cases import visible_case
from applications.queries.scope import waiting_approval
from applications.services import casework
from applications.services.bulk.planning import texts_of
from applications.services.bulk.rules import check_proposal, wants_signature
from cityhall.errors import DomainError, StaleState
from cityhall.services import work


class LeaseLost(Exception):
    """Another worker has the row by now: what this one did is rolled back."""


def decide_row(row: BulkDecisionRow) -> None:
    """Decide the case as it was seen in the preview and end the row, in one transaction.

    A worker that is killed leaves either both or neither, and the row is claimed again when its lease is over: no
    case is lost, and none decided twice. A refusal by a rule ends the row with its code; nobody tries again by itself.
    """
    try:
        with transaction.atomic():
            _decide(row)
            if not work.finish(row):
                raise LeaseLost
    except DomainError as error:
        work.fail(row, error=error.code, retry_in=None)


def _decide(row: BulkDecisionRow) -> None:
    bulk = BulkDecision.objects.select_related("by").get(pk=row.bulk_id)
    case = _case_of(row, bulk)
    decision = DecisionKind(bulk.decision)
    # the case as the person saw it in the preview
    case.revision = row.seen_revision
    if not wants_signature(case):
        casework.decide(application=case, decision=decision, reason=bulk.reason, by=bulk.by)
        _check_text(case, bulk)
        return
    proposal = waiting_approval(case)
    if proposal is None:
        raise StaleState
    check_proposal(proposal.decision, decision)
    casework.approve_proposal(application=case, by=bulk.by, comment=bulk.reason)
    _check_text(case, bulk)


def _check_text(case: Application, bulk: BulkDecision) -> None:
    """Asked after the letter was made: a version that came meanwhile was read by nobody. Raises LetterChanged."""
    texts = texts_of([case], DecisionKind(bulk.decision))
    if any(bulk.texts.get(key) != number for key, number in texts.items()):
        raise casework.LetterChanged


def _case_of(row: BulkDecisionRow, bulk: BulkDecision) -> Application:
    """The case, read with today's rights of who asked for the bulk. Raises NotAllowed."""
    public_id = Application.objects.values_list("public_id", flat=True).get(pk=row.application_id)
    try:
        return visible_case(bulk.by, public_id)
    except Application.DoesNotExist:
        raise casework.NotAllowed from None
