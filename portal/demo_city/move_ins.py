"""Notices of moving in from the national portal: the demo's settings, the sample taken in, its update waiting. Once."""

import csv
import datetime as dt
import io
from pathlib import Path
from typing import Final

from cityhall.days import add_business_days, today
from cityhall.enums import WorkState
from cityhall.models import User
from counter.models import MoveInImport, MoveInItem, MoveInSettings
from counter.services import move_ins
from counter.tasks import apply_move_ins
from reservations.models import Place, Service

_DOCS: Final = Path(__file__).resolve().parents[2] / "docs"
SAMPLE: Final = _DOCS / "move-in-sample.csv"
UPDATE: Final = _DOCS / "move-in-sample-update.csv"
"""The same file a day later: a row changed, one unchanged, one taken back, one new."""
_SERVICE, _PLACE = "tennyu", "hall"
_PROCEDURES: Final = ["tennyu-yoyaku", "juminhyo-seikyu"]
_FIXED: Final = {
    "tennyu-yoyaku": {
        "move_kind": "in",
        "used_mynaportal": "yes",
        "visit_at": "{wished_at}",
        "visit_place": "main",
    }
}
_MOVED: Final = "異動日"
_WISHED: Final = "来庁予定日"
_MOST_ROUNDS: Final = 20


def load_move_ins() -> None:
    """What the counter needs for it, and three families who come in the next days."""
    service, place = Service.objects.filter(key=_SERVICE).first(), Place.objects.filter(key=_PLACE).first()
    MoveInSettings.objects.get_or_create(
        pk=1,
        defaults={"procedures": _PROCEDURES, "fixed_answers": _FIXED, "service": service, "place": place},
    )
    if MoveInImport.objects.exists():
        return
    by = User.objects.get(email="clerk@city.example.jp")
    batch = move_ins.upload(sample_of_today(), by=by, request_key="demo")
    move_ins.apply(batch, by=by)
    for _round in range(_MOST_ROUNDS):
        apply_move_ins()
        if not MoveInItem.objects.filter(batch=batch, state=WorkState.QUEUED).exists():
            break
    # waits for somebody who looks at what would change, and applies it
    move_ins.upload(sample_of_today(UPDATE), by=by, request_key="demo update")


def sample_of_today(sample: Path = SAMPLE) -> bytes:
    """A sample of the docs with days that are still to come."""
    rows = list(csv.DictReader(io.StringIO(sample.read_text(encoding="utf-8-sig"))))
    for number, row in enumerate(rows):
        if row[_WISHED]:
            row[_WISHED] = add_business_days(today(), 3 + number % 2).isoformat()
            row[_MOVED] = (today() - dt.timedelta(days=2)).isoformat()
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
