"""Reports from the street: sending, the steps of the staff, what the public sees, what is wiped."""

from applications.services.reports.handling import (
    AnswerMissing,
    answer,
    assign,
    finish,
    move_kind,
    note,
    refuse_as_not_ours,
    reopen,
    start,
    take,
)
from applications.services.reports.merging import NotMergeable, merge, unmerge
from applications.services.reports.photos import Kept, keep_photos, let_go
from applications.services.reports.publishing import NotPublishable, publish
from applications.services.reports.sending import NewReport, NothingSaid, PhotosGone, send
from applications.services.reports.states import NotAllowed
from applications.services.reports.sweeping import sweep

__all__ = [
    "AnswerMissing",
    "Kept",
    "NewReport",
    "NotAllowed",
    "NotMergeable",
    "NotPublishable",
    "NothingSaid",
    "PhotosGone",
    "answer",
    "assign",
    "finish",
    "keep_photos",
    "let_go",
    "merge",
    "move_kind",
    "note",
    "publish",
    "refuse_as_not_ours",
    "reopen",
    "send",
    "start",
    "sweep",
    "take",
    "unmerge",
]
