"""Telling a person that something waits: no title, no content, no link that carries a right."""

from notices.services.alerts.outcomes import record_not_told, record_told
from notices.services.alerts.reach import Reach, alert_address, can_be_told, choice_of, reach_of, reach_of_person
from notices.services.alerts.telling import remind, tell_of_arrival, tell_of_withdrawal

__all__ = [
    "Reach",
    "alert_address",
    "can_be_told",
    "choice_of",
    "reach_of",
    "reach_of_person",
    "record_not_told",
    "record_told",
    "remind",
    "tell_of_arrival",
    "tell_of_withdrawal",
]
