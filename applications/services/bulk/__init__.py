"""One decision for many chosen cases (一括処理): looked at before, decided by the worker one by one."""

from applications.services.bulk.planning import Planned, plan, sample_letters, texts_mark
from applications.services.bulk.starting import MOST_CASES, NothingChosen, TooManyCases, start
from applications.services.bulk.working import decide_row

__all__ = [
    "MOST_CASES",
    "NothingChosen",
    "Planned",
    "TooManyCases",
    "decide_row",
    "plan",
    "sample_letters",
    "start",
    "texts_mark",
]
