"""Answers to a guide kept under a code: for another day, another browser, or somebody of the family."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.guide import codes
from applications.models import GuideVersion, SharedGuide
from cityhall.crypto import CannotDecrypt, decrypt_for, encrypt_for
from cityhall.errors import DomainError

KEPT = dt.timedelta(days=90)
"""How long a code opens anything; the page that shows it names the day."""
_PURPOSE = "guide 1"


class NoSuchCode(DomainError):
    """Nothing is kept under this code, whatever the reason."""

    code = "no_such_code"
    message = _(
        "このコードの結果は見つかりません。コードをもう一度お確かめください。保存の期限が過ぎたか、削除された可能性もあります。"
    )


@dataclass(frozen=True)
class Kept:
    """What was kept: typed values, and the keys of results that are done."""

    version: GuideVersion
    values: dict[str, Any]
    done: list[str]
    expires_at: dt.datetime


def keep(
    *, version: GuideVersion, values: Mapping[str, Any], done: Sequence[str], now: dt.datetime | None = None
) -> tuple[str, dt.datetime]:
    """Keep the answers for `KEPT`; the new code and the end. Neither the code nor a key to the answers is stored."""
    moment = now or timezone.now()
    code = codes.random_code()
    row = SharedGuide.objects.create(
        lookup=codes.lookup_of(code),
        version=version,
        answers=_sealed(code, values, done),
        created_at=moment,
        expires_at=moment + KEPT,
    )
    return code, row.expires_at


def open_code(code: str, *, now: dt.datetime | None = None) -> Kept:
    """What is kept under a code. Raises NoSuchCode; one statement."""
    rows = SharedGuide.objects.select_related("version__life_event")
    row = rows.filter(lookup=codes.lookup_of(code), expires_at__gt=now or timezone.now()).first()
    if row is None:
        raise NoSuchCode
    try:
        content = json.loads(decrypt_for(code, row.answers, purpose=_PURPOSE))
    except CannotDecrypt:
        # the server's key was changed since
        raise NoSuchCode from None
    return Kept(row.version, content["values"], content["done"], row.expires_at)


def update(*, code: str, version: GuideVersion, values: Mapping[str, Any], done: Sequence[str]) -> bool:
    """Write answers and ticks under a code that is in use; False when it is over or deleted."""
    rows = SharedGuide.objects.filter(lookup=codes.lookup_of(code), expires_at__gt=timezone.now())
    return bool(rows.update(version=version, answers=_sealed(code, values, done)))


def delete(code: str) -> bool:
    """Delete what is kept under the code; False when there was nothing."""
    return bool(SharedGuide.objects.filter(lookup=codes.lookup_of(code)).delete()[0])


def sweep(*, limit: int = 500, now: dt.datetime | None = None) -> int:
    """Delete what is over; the number deleted. May run twice at once."""
    with transaction.atomic():
        over = SharedGuide.objects.filter(expires_at__lte=now or timezone.now()).order_by("expires_at")
        pks = list(over.values_list("pk", flat=True)[:limit])
        return SharedGuide.objects.filter(pk__in=pks).delete()[0]


def _sealed(code: str, values: Mapping[str, Any], done: Sequence[str]) -> str:
    content = json.dumps({"values": values, "done": list(done)}, ensure_ascii=False)
    return encrypt_for(code, content, purpose=_PURPOSE)
