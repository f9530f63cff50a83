"""Tickets from issue to end; every step is one conditional update with its period and event, in one transaction."""

from reservations.services.queue.calling import CALLS_BEFORE_MISSED, call, call_again, call_next, miss
from reservations.services.queue.ending import end_days
from reservations.services.queue.issuing import issue, issue_for_reservation
from reservations.services.queue.serving import back_to_queue, finish, leave, park, start, take_over, transfer
from reservations.services.queue.waiting import be_away, prioritise

__all__ = [
    "CALLS_BEFORE_MISSED",
    "back_to_queue",
    "be_away",
    "call",
    "call_again",
    "call_next",
    "end_days",
    "finish",
    "issue",
    "issue_for_reservation",
    "leave",
    "miss",
    "park",
    "prioritise",
    "start",
    "take_over",
    "transfer",
]
