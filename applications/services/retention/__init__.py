"""Keeping and disposing: lists, four eyes, the work of the worker, holds, drafts that end. docs/retention.md."""

from applications.services.retention.holding import set_hold
from applications.services.retention.planning import (
    NothingToDispose,
    OwnList,
    approve_disposal,
    cancel_disposal,
    plan_disposal,
)
from applications.services.retention.working import dispose_due

__all__ = [
    "NothingToDispose",
    "OwnList",
    "approve_disposal",
    "cancel_disposal",
    "dispose_due",
    "plan_disposal",
    "set_hold",
]
