"""How long somebody waits for the first of several desks, as a range. Pure; seconds throughout."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WAY: Final = 45
"""From the call until somebody sits down: the desk is taken, though nobody is served yet."""
# four of five waits end inside the range when serving times spread as they were learned
_DEVIATIONS: Final = 1.2


@dataclass(frozen=True)
class Serving:
    """How long one person takes at a desk, and how much that differs from one to the next."""

    mean: float
    spread: float

    def left(self, elapsed: float) -> float:
        """What somebody who came to the desk so long ago still takes. Who is overdue is not done at once."""
        return min(self.mean, max(self.mean - elapsed, self.spread / 2))


def wait_range(free_in: Sequence[float], ahead: int, serving: Serving) -> tuple[int, int]:
    """From when until when somebody with `ahead` people before them is called; (0, 0) when a desk is idle for them.

    `free_in` says of each open desk when it is free. The middle is exact for equal serving times: whole rounds of all
    desks, then the desk that is free next. Around it, so many people as must be done before the call, shared by the
    desks, make the width: the variance of their sum over the square of the desks.
    """
    desks, idle = len(free_in), sum(seconds <= 0 for seconds in free_in)
    if ahead < idle:
        return 0, 0
    rounds, rest = divmod(ahead, desks)
    middle = sorted(free_in)[rest] + rounds * serving.mean
    ends = ahead - idle + 1
    deviation = serving.spread * max(math.sqrt(ends) / desks, 0.5 / math.sqrt(desks))
    low, high = middle - _DEVIATIONS * deviation, middle + _DEVIATIONS * deviation
    return max(round(low), 0), round(high)
