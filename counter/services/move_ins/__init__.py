"""Imported notices of moving in: uploaded, applied row by row in the worker, told by a link, forgotten."""

from counter.services.move_ins.acting import send_again, set_aside, take_booking, take_up
from counter.services.move_ins.applying import carry_out, note_given_up
from counter.services.move_ins.opening import is_imported, note_completed, note_opened, sheet_of
from counter.services.move_ins.sweeping import forget
from counter.services.move_ins.uploading import apply, discard, retry_row, settings_of_city, upload

__all__ = [
    "apply",
    "carry_out",
    "discard",
    "forget",
    "is_imported",
    "note_completed",
    "note_given_up",
    "note_opened",
    "retry_row",
    "send_again",
    "set_aside",
    "settings_of_city",
    "sheet_of",
    "take_booking",
    "take_up",
    "upload",
]
