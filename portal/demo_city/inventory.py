"""The inventory of the demo city: the catalogue's procedures and 230 others, with volumes that look like a city's."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from typing import Final

from django.db import transaction

from applications.enums import InventoryChannel, MeetingReason, OnlinePlan, ProcedureMode
from applications.inventory.years import current_year
from applications.models import InventoryGoal, InventoryItem, InventoryVolume, Procedure
from cityhall.models import Department
from portal.demo_city.procedure_names import other_procedures

OTHERS: Final = 230
_YEARS: Final = 3
_GOAL: Final = 80
# filings a year of the procedures that everybody knows; the others follow from their place
_KNOWN: Final = {
    "juminhyo-seikyu": 67_960,
    "kazei-shomei": 44_929,
    "koseki-seikyu": 34_950,
    "tennyu-todoke": 9_800,
    "tenshutsu-todoke": 9_100,
    "sodai-gomi": 21_400,
    "suido-kaishi": 8_700,
    "suido-chushi": 8_300,
    "hoiku-riyo-moshikomi": 2_900,
    "jido-teate-nintei": 1_900,
    "kokuho-kanyu": 6_100,
    "kokuho-soshitsu": 6_700,
    "yokaigo-nintei": 3_400,
    "yokaigo-koshin": 5_200,
    "hokago-jidokai-nyukai": 2_300,
    "okuyami": 3_100,
    # not of the catalogue, by name
    "印鑑登録の申請": 31_200,
    "公民館の使用の申請": 18_400,
    "体育施設の利用者の申請": 12_900,
    "自立支援医療の申請": 9_300,
    "後期高齢者医療の被保険者証の申請": 8_700,
    "斎場の使用の申請": 3_400,
    "限度額適用の申請": 7_600,
    "法人市民税の申請": 6_900,
    "就学時健康診断の申請": 4_100,
    "道路占用の申請": 3_900,
    "臨時運行許可の申請": 2_700,
    "障害福祉サービス受給者証の申請": 2_500,
    "身体障害者手帳の申請": 2_200,
}
_REASONS: Final = (MeetingReason.IDENTITY, MeetingReason.ORIGINALS, MeetingReason.INSPECTION, MeetingReason.INTERVIEW)


def load_inventory() -> int:
    """Make the rows that are not there yet, with the volumes of three years, and the goal; how many are new.

    The same names give the same figures.
    """
    departments = {row.code: row for row in Department.objects.all()}
    known = set(InventoryItem.objects.values_list("code", flat=True))
    rows = [row for row in _rows(departments) if row[0].code not in known]
    with transaction.atomic():
        InventoryItem.objects.bulk_create([item for item, _volume in rows], batch_size=500)
        InventoryVolume.objects.bulk_create(
            [volume for item, number in rows for volume in _volumes(item, number)], batch_size=1000
        )
        for year in range(current_year() - _YEARS, current_year() + 1):
            InventoryGoal.objects.get_or_create(fiscal_year=year, defaults={"percent": _GOAL})
    return len(rows)


def _rows(departments: dict[str, Department]) -> Iterator[tuple[InventoryItem, int]]:
    """Each row with its filings a year."""
    procedures = Procedure.objects.for_public().select_related("department").order_by("department__position", "key")
    for number, procedure in enumerate(procedures, start=1):
        yield _of_portal(number, procedure), _KNOWN.get(procedure.key, 40 + _draw(procedure.key, 900))
    others = [(name, code) for name, code in other_procedures(OTHERS) if code in departments]
    for number, (name, code) in enumerate(others, start=1001):
        yield _other(number, name, departments[code]), _KNOWN.get(name, _tail(name))


def _of_portal(number: int, procedure: Procedure) -> InventoryItem:
    is_online = procedure.mode != ProcedureMode.GUIDE_ONLY
    needs_visit = procedure.mode == ProcedureMode.SENT_AHEAD
    return InventoryItem(
        code=f"T{number:04}",
        name=procedure.name,
        name_kana=procedure.name_kana,
        department=procedure.department,
        procedure=procedure,
        legal_basis=procedure.legal_basis,
        meeting_reason=MeetingReason.IDENTITY if needs_visit or not is_online else MeetingReason.NONE,
        legal_bar="" if is_online else "届出人が出頭して届け出る必要がある",
        plan=OnlinePlan.ONLINE if is_online else OnlinePlan.UNDECIDED,
    )


def _other(number: int, name: str, department: Department) -> InventoryItem:
    drawn = _draw(name, 100)
    plan = OnlinePlan.UNDECIDED
    if drawn < 18:
        plan = OnlinePlan.ONLINE
    elif drawn < 40:
        plan = OnlinePlan.PLANNED
    elif drawn >= 94:
        plan = OnlinePlan.IMPOSSIBLE
    return InventoryItem(
        code=f"T{number:04}",
        name=name,
        department=department,
        needs_seal=plan != OnlinePlan.ONLINE and drawn % 4 == 0,
        meeting_reason=_REASONS[drawn % len(_REASONS)] if drawn % 3 == 0 else MeetingReason.NONE,
        legal_bar="対面での確認が法令で定められている" if plan == OnlinePlan.IMPOSSIBLE else "",
        plan=plan,
        planned_on=dt.date(current_year() + 1, 4 + drawn % 9, 1) if plan == OnlinePlan.PLANNED else None,
    )


def _volumes(item: InventoryItem, number: int) -> Iterator[InventoryVolume]:
    """Three whole years: more of it online each year where the procedure is online."""
    for back in range(_YEARS, 0, -1):
        year = current_year() - back
        total = max(1, number * (97 + _draw(f"{item.name}{year}", 7)) // 100)
        share = _draw(item.name, 30) + 22 - 8 * back if item.plan == OnlinePlan.ONLINE else 0
        online = total * max(0, share) // 100
        post = (total - online) * _draw(item.code, 25) // 100
        counts = {
            InventoryChannel.ONLINE: online,
            InventoryChannel.COUNTER: total - online - post,
            InventoryChannel.POST: post,
        }
        for channel, count in counts.items():
            yield InventoryVolume(item=item, fiscal_year=year, channel=channel, count=count)


def _tail(name: str) -> int:
    """Filings of the many small procedures: a few hundred for some, a handful for most."""
    return 2 + 240_000 // (160 + _draw(name, 12_000))


def _draw(text: str, below: int) -> int:
    """A number that depends on the text alone."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) % below
