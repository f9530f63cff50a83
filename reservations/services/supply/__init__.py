"""The supply: rules, exceptions, closed days, single slots, and the slots made from them.

Whoever changes the supply of a group holds the row of the group first, then slots in the order of their ids; booking
holds slots in the same order and never waits for a group.
"""

from reservations.services.supply.days import Closed, add_exception, close_day, remove_exception, reopen_day
from reservations.services.supply.preview import lost_by_end, lost_by_exception, lost_by_rule
from reservations.services.supply.rebuilding import Rebuilt, rebuild
from reservations.services.supply.releasing import open_due_waves, save_release
from reservations.services.supply.rules import end_rule, save_rule
from reservations.services.supply.single import Changed, change_slot
from reservations.services.supply.telling import Told, note_phoned, take_back_requests, tell_affected

__all__ = [
    "Changed",
    "Closed",
    "Rebuilt",
    "Told",
    "add_exception",
    "change_slot",
    "close_day",
    "end_rule",
    "lost_by_end",
    "lost_by_exception",
    "lost_by_rule",
    "note_phoned",
    "open_due_waves",
    "rebuild",
    "remove_exception",
    "reopen_day",
    "save_release",
    "save_rule",
    "take_back_requests",
    "tell_affected",
]
