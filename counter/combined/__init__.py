"""Several procedures as one form: what they all ask for is asked once, and every form gets its own answers back.

Pure: no database, no models. `combine` makes an ordinary form, which pages, conditions, words and print take as it is.
"""

from counter.combined.adding import is_on_request
from counter.combined.asking import is_tick
from counter.combined.carrying import CarriedOver, Note, carry_over, with_marks
from counter.combined.combining import combine, conflicts_between
from counter.combined.counting import Asked, asked, asked_page_by_page, boxes
from counter.combined.following import without_stale
from counter.combined.joining import Difference, Joined, join
from counter.combined.localizing import localized, name_of
from counter.combined.model import Combined, Conflict, LeftOut, Part
from counter.combined.splitting import split
from counter.combined.supposing import RELATIVES, Supposed, suppose

__all__ = [
    "RELATIVES",
    "Asked",
    "CarriedOver",
    "Combined",
    "Conflict",
    "Difference",
    "Joined",
    "LeftOut",
    "Note",
    "Part",
    "Supposed",
    "asked",
    "asked_page_by_page",
    "boxes",
    "carry_over",
    "combine",
    "conflicts_between",
    "is_on_request",
    "is_tick",
    "join",
    "localized",
    "name_of",
    "split",
    "suppose",
    "with_marks",
    "without_stale",
]
