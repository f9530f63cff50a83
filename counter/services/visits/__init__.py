"""Visits: begun with a code or with nothing, moved from state to state, ended and forgotten."""

from counter.services.visits.advising import keep_advice
from counter.services.visits.card import take_card
from counter.services.visits.choosing import add, begin_questions, drop, move_up, put_back
from counter.services.visits.drafting import leave_with_drafts, may_draft
from counter.services.visits.filling import fill_known, save_page, take
from counter.services.visits.handing_on import hand_on
from counter.services.visits.identifying import identify, who_of, who_said
from counter.services.visits.keeping import keep_typing, with_own_typing
from counter.services.visits.leading import resume, take_over
from counter.services.visits.leaving import close, end_days, leave, wipe
from counter.services.visits.papers import make_sheets, may_paper, set_paper_day, take_sheet, to_paper
from counter.services.visits.receiving import receive
from counter.services.visits.renewing import renew
from counter.services.visits.reviewing import back_to_questions, dispute, read_in, to_review
from counter.services.visits.signing import sign
from counter.services.visits.starting import start, start_with_code, take_answers

__all__ = [
    "add",
    "back_to_questions",
    "begin_questions",
    "close",
    "dispute",
    "drop",
    "end_days",
    "fill_known",
    "hand_on",
    "identify",
    "keep_advice",
    "keep_typing",
    "leave",
    "leave_with_drafts",
    "make_sheets",
    "may_draft",
    "may_paper",
    "move_up",
    "put_back",
    "read_in",
    "receive",
    "renew",
    "resume",
    "save_page",
    "set_paper_day",
    "sign",
    "start",
    "start_with_code",
    "take",
    "take_answers",
    "take_card",
    "take_over",
    "take_sheet",
    "to_paper",
    "to_review",
    "who_of",
    "who_said",
    "wipe",
    "with_own_typing",
]
