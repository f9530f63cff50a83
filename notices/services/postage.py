"""What letters weigh and cost: the city's own sheets and envelopes, the post's rates, its discount for many.

Source: 日本郵便 定形郵便物 (rates since 2024-10). The discount for
customer bar codes is given to standard letters only.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cityhall.enums import AuditAction
from cityhall.errors import DomainError
from cityhall.models import User
from cityhall.services import audit
from notices.models import PostSettings

# every letter begins with the sheet that carries the address
COVER_PAGES = 1


class TooHeavy(DomainError):
    """No rate of the settings covers a letter of this weight."""

    code = "too_heavy"

    def __init__(self, grams: Decimal) -> None:
        super().__init__(
            _("1通が%(grams)sgあり、郵送の設定にある料金表を超えています。料金表を確認してください。")
            % {"grams": grams.normalize().to_eng_string()}
        )


@dataclass(frozen=True)
class Postage:
    """What `count` letters alike cost. `unit_yen` is without the discount, `total_yen` with it."""

    grams: Decimal
    unit_yen: int
    discount_percent: Decimal
    total_yen: int


def save_post_settings(changed: PostSettings, *, by: User) -> None:
    """Keep the city's settings; runs that were made before keep theirs. Audited with the names of what changed."""
    before = post_settings()
    names = [field.name for field in PostSettings._meta.concrete_fields if not field.primary_key]
    differ = [name for name in names if getattr(before, name) != getattr(changed, name)]
    if not differ:
        return
    with transaction.atomic():
        PostSettings.objects.update_or_create(
            pk=PostSettings.ONLY_PK, defaults={name: getattr(changed, name) for name in names}
        )
        audit.record(
            action=AuditAction.CHANGE,
            actor=by,
            target_type="post_settings",
            target_id=PostSettings.ONLY_PK,
            changed_fields=differ,
        )


def post_settings() -> PostSettings:
    """The city's settings, or the standard ones when nobody has changed them."""
    return PostSettings.objects.filter(pk=PostSettings.ONLY_PK).first() or PostSettings()


def estimate(count: int, *, pages: int, settings: PostSettings | None = None) -> Postage:
    """What it costs to send `count` letters whose document has `pages` pages; the address sheet is added here.

    An estimate is never too low: fractions of a yen count as one. Raises TooHeavy.
    """
    chosen = settings or post_settings()
    grams = weight(sheets_of(pages + COVER_PAGES, is_duplex=chosen.is_duplex), settings=chosen)
    unit = unit_price(grams, settings=chosen)
    percent = discount({unit: count}, settings=chosen)
    return Postage(grams, unit, percent, total({unit: count}, settings=chosen))


def sheets_of(pages: int, *, is_duplex: bool) -> int:
    """Sheets of paper that pages take, printed on one side or on both."""
    return math.ceil(pages / 2) if is_duplex else pages


def weight(sheets: int, *, settings: PostSettings) -> Decimal:
    """Grams of a letter: its sheets, what is enclosed with every letter, the envelope."""
    return (
        sheets * Decimal(settings.sheet_grams)
        + settings.inserts * Decimal(settings.insert_grams)
        + Decimal(settings.envelope_grams)
    )


def unit_price(grams: Decimal, *, settings: PostSettings) -> int:
    """Yen for one letter of a weight. Raises TooHeavy."""
    for rate in settings.rates:
        if grams <= rate["up_to_grams"]:
            return int(rate["yen"])
    raise TooHeavy(grams)


def discount(counts: Mapping[int, int], *, settings: PostSettings) -> Decimal:
    """Percent that the post takes off the standard letters among letters counted by their price."""
    alike = counts.get(_standard_yen(settings), 0)
    reached = [Decimal(step["percent"]) for step in settings.discounts if alike >= int(step["from_letters"])]
    return max(reached, default=Decimal(0))


def total(counts: Mapping[int, int], *, settings: PostSettings) -> int:
    """Yen for letters counted by their price, less the discount on the standard ones."""
    full = sum(yen * count for yen, count in counts.items())
    standard = _standard_yen(settings)
    taken_off = standard * counts.get(standard, 0) * discount(counts, settings=settings) / 100
    return int((full - taken_off).to_integral_value(ROUND_CEILING))


def _standard_yen(settings: PostSettings) -> int:
    """The lightest rate is that of the standard letter (定形郵便物)."""
    return int(settings.rates[0]["yen"])
