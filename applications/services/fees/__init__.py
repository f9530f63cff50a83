"""Fees: what an application owes, what was taken for it, and the closing of a day. docs/fees.md.

An online provider plugs in here later: it calls `record_payment` with its own method and request key once the
money is certain, and `by` the account of the interface. Nothing else of the product knows how a fee was paid.
"""

from applications.services.fees.charging import charge, let_go, nothing_owed
from applications.services.fees.closing import ClosingChanged, CountDiffers, NothingToClose, close_day
from applications.services.fees.till import (
    AlreadySettled,
    AmountChanged,
    BadPayment,
    NotDesignated,
    OwnEntry,
    business_day_of,
    exempt,
    record_payment,
    remind,
    reverse,
    till_of,
)

__all__ = [
    "AlreadySettled",
    "AmountChanged",
    "BadPayment",
    "ClosingChanged",
    "CountDiffers",
    "NotDesignated",
    "NothingToClose",
    "OwnEntry",
    "business_day_of",
    "charge",
    "close_day",
    "exempt",
    "let_go",
    "nothing_owed",
    "record_payment",
    "remind",
    "reverse",
    "till_of",
]
