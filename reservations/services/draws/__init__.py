"""抽選: opening one, entering, drawing. The drawing itself is `reservations.drawing`, which knows no database."""

from reservations.services.draws.entering import cancel_draw, enter, open_draw, withdraw
from reservations.services.draws.running import Drawn, cast_lot, run, run_due, settle_batch
from reservations.services.draws.telling import is_secret_of, secret_of

__all__ = [
    "Drawn",
    "cancel_draw",
    "cast_lot",
    "enter",
    "is_secret_of",
    "open_draw",
    "run",
    "run_due",
    "secret_of",
    "settle_batch",
    "withdraw",
]
