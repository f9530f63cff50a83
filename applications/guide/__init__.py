"""The procedure guide (手続ガイド): questions about a life event, and what the answers call for. docs/guide.md.

Pure: no models, no requests. `assess` is the engine; `applications.queries.guide.assess_for` adds what the city offers.
"""

from applications.guide.assessing import Task, When, assess
from applications.guide.checking import check, check_named, references_of
from applications.guide.days import date_problem, is_long_ago
from applications.guide.model import Due, Elsewhere, Event, Guide, Office, Reason, Result, Telling
from applications.guide.parsing import SCHEMA, parse
from applications.guide.stored import guide_of
from applications.guide.telling import told_anew, told_by

__all__ = [
    "SCHEMA",
    "Due",
    "Elsewhere",
    "Event",
    "Guide",
    "Office",
    "Reason",
    "Result",
    "Task",
    "Telling",
    "When",
    "assess",
    "check",
    "check_named",
    "date_problem",
    "guide_of",
    "is_long_ago",
    "parse",
    "references_of",
    "told_anew",
    "told_by",
]
