"""What finding must hear of: a procedure or a life event is not what it was."""

from django.db import transaction

from applications.queries.finding import renew_stamp

__all__ = ["procedures_changed"]


def procedures_changed() -> None:
    """Have every process make its index anew, once this transaction is committed."""
    transaction.on_commit(renew_stamp)
