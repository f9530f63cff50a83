"""A chain of two signatures: the demo's certification of long-term care waits for the first of them."""

from typing import Final

from applications.models import Procedure
from applications.services.chains import WantedStep, chain_seen, set_chain
from cityhall.models import User
from portal.demo_city.accounts import STAFF

PROCEDURE: Final = "yokaigo-nintei"
_STEPS: Final = (("係長", "approver"), ("課長", "approver4"))


def load_chain() -> bool:
    """Set the chain before the first case is proposed; whether it is new."""
    procedure = Procedure.objects.filter(key=PROCEDURE, needs_approval=True).first()
    if procedure is None or procedure.approval_steps.exists():
        return False
    people = {account.mailbox: User.objects.get(email=account.email) for account in STAFF}
    steps = [WantedStep(title, None, people[mailbox]) for title, mailbox in _STEPS]
    return set_chain(procedure=procedure, steps=steps, seen=chain_seen(procedure), by=people["admin"])
