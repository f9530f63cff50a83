"""The corner for the bereaved: asked, prepared by departments, served at one desk, forgotten. docs/bereavement.md."""

from counter.services.bereavements.answering import begin, save_page, send, take_telephone, withdraw
from counter.services.bereavements.corners import save_corner
from counter.services.bereavements.preparing import follow_bookings, prepare, prepare_all, prepare_batch, prepare_due
from counter.services.bereavements.replying import Reply, reply
from counter.services.bereavements.serving import (
    add_step,
    close,
    count_family_print,
    count_sheet_prints,
    reopen,
    settle,
    take_into_visit,
)
from counter.services.bereavements.sweeping import wipe
from counter.services.bereavements.verifying import verify

__all__ = [
    "Reply",
    "add_step",
    "begin",
    "close",
    "count_family_print",
    "count_sheet_prints",
    "follow_bookings",
    "prepare",
    "prepare_all",
    "prepare_batch",
    "prepare_due",
    "reopen",
    "reply",
    "save_corner",
    "save_page",
    "send",
    "settle",
    "take_into_visit",
    "take_telephone",
    "verify",
    "wipe",
    "withdraw",
]
