"""One row of the portal's file carried out: a prefill, a booking, a mail with the link.

Every step looks at what is there and may be done again: a worker that is killed between two of them leaves a row that
is due again, and the next one goes on. The steps follow each other in transactions of their own.
"""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.services.drafts import NotOpen
from cityhall.crypto import CannotDecrypt
from cityhall.errors import StaleState
from cityhall.services.work import fail, finish
from counter import codes
from counter.enums import MoveInOutcome, PrefillState, Source
from counter.errors import NoSuchPrefill
from counter.forms import combined_of
from counter.home import open_home
from counter.models import MoveIn, MoveInItem, MoveInSettings, Prefill, PrefillProcedure
from counter.moving_in.errors import MoveInNotSetUp, MoveInOver
from counter.moving_in.family import merged, values_of
from counter.moving_in.notices import Notice
from counter.moving_in.sealing import lookup_of, mark_of, open_notice, open_token, open_values, seal_token, seal_values
from counter.queries.offered import offered_by_key
from counter.services import prefills
from counter.services.move_ins.booking import book_wished, give_up_booking, live
from counter.services.move_ins.telling import send_link
from counter.services.move_ins.uploading import settings_of_city
from counter.services.prefills.keeping import form_of_visit

O = MoveInOutcome  # noqa: E741 - short for a table of words


def carry_out(item: MoveInItem, *, now: dt.datetime | None = None) -> None:
    """Do what a row says, for `run_due`. What it cannot do for good is REFUSED with a reason; the rest is tried again.

    Raises StaleState where the family saved at this very moment (tried again).
    """
    moment = now or timezone.now()
    try:
        notice = open_notice(item.content)
    except CannotDecrypt:
        # the server's key was changed: nobody can read the row any more
        _end(item, O.REFUSED, None, str(CannotDecrypt.message), moment)
        return
    try:
        outcome, move_in = _carry_out(item, notice, moment)
    except MoveInOver as error:
        _end(item, O.REFUSED, _known(notice), str(error), moment)
    except (MoveInNotSetUp, NotOpen) as error:
        # to be mended in the settings, and tried again
        _refuse(item, _known(notice), str(error), moment)
    else:
        _end(item, outcome, move_in, "", moment)


def note_given_up(item: MoveInItem) -> None:
    """The worker has tried often enough: the list says so, in the transaction that gives up. The row can be retried."""
    MoveInItem.objects.filter(pk=item.pk).update(
        outcome=O.REFUSED, reason=_("処理に失敗しました。もう一度お試しください。")
    )


def _carry_out(item: MoveInItem, notice: Notice, now: dt.datetime) -> tuple[MoveInOutcome, MoveIn | None]:
    settings = settings_of_city()
    known = _known(notice)
    if known is not None and known.row_mark == mark_of(notice):
        return O.SAME, known
    if notice.is_cancelled:
        return (O.CANCELLED, _cancel(known, notice, now)) if known else (O.SAME, None)
    if known is None:
        move_in, token = _make(item, notice, settings, now)
        outcome = O.MADE
    else:
        if _is_older(notice, known):
            return O.SAME, known
        if _is_over(known.prefill, now) and not known.cancelled_at and _day_of(notice, now):
            known, _token = _begin_again(known, notice, settings, now)
        move_in, token = known, _token_of(known, notice)
        _update(move_in, token, notice, settings, now)
        # without a mark an earlier worker did not come to the end of it
        outcome = O.CHANGED if move_in.row_mark else O.MADE
    book_wished(move_in, token, notice, settings, now=now)
    send_link(move_in, token, notice, now=now)
    # from here on the same row is nothing new
    MoveIn.objects.filter(pk=move_in.pk).update(row_mark=mark_of(notice))
    return outcome, move_in


def _known(notice: Notice) -> MoveIn | None:
    rows = MoveIn.objects.select_related("prefill", "reservation", "made_by")
    return rows.filter(lookup=lookup_of(notice.number)).first()


def _make(item: MoveInItem, notice: Notice, settings: MoveInSettings, now: dt.datetime) -> tuple[MoveIn, str]:
    """A prefill under a token that is kept for the portal's number alone. Another worker may be faster."""
    try:
        with transaction.atomic():
            columns, token = _begin(notice, settings, now)
            made = MoveIn.objects.create(
                lookup=lookup_of(notice.number),
                number_end=notice.number[-4:],
                made_by=item.batch.uploaded_by,
                created_at=now,
                **columns,
            )
    except IntegrityError:
        known = _known(notice)
        if known is None:
            raise
        return known, _token_of(known, notice)
    return made, token


def _begin_again(move_in: MoveIn, notice: Notice, settings: MoveInSettings, now: dt.datetime) -> tuple[MoveIn, str]:
    """The wished day went by unused and the family wishes another one: a prefill of its own, with a new link."""
    fresh = ["link_sent_at", "opened_at", "completed_at"]
    if live(move_in.reservation) is None:
        fresh += ["reservation", "booked_for"]
    with transaction.atomic():
        columns, token = _begin(notice, settings, now)
        columns |= {**dict.fromkeys(fresh), "row_mark": "", "mail_mark": ""}
        rows = MoveIn.objects.filter(pk=move_in.pk, prefill=move_in.prefill)
        if not rows.update(**columns):
            raise StaleState
    for name, value in columns.items():
        setattr(move_in, name, value)
    return move_in, token


def _begin(notice: Notice, settings: MoveInSettings, now: dt.datetime) -> tuple[dict[str, Any], str]:
    """A new prefill with what the notice says, the columns that go with it, and its token."""
    procedures = offered_by_key(settings.procedures)
    if not procedures:
        raise MoveInNotSetUp
    chosen = [
        PrefillProcedure(procedure=one, form_version=form_of_visit(one), position=position)
        for position, one in enumerate(procedures, 1)
    ]
    values = values_of(notice, combined_of(chosen), settings.fixed_answers)
    token = codes.new_token()
    prefill = prefills.keep(
        token=token,
        procedures=procedures,
        values=values,
        sources=dict.fromkeys(values, Source.PORTAL.value),
        visit_on=_day_of(notice, now),
        now=now,
    )
    columns: dict[str, Any] = {
        "prefill": prefill,
        "token_by_number": seal_token(notice.number, token),
        "taken": seal_values(token, values),
        "told_at": notice.told_at,
        **_wishes(notice),
    }
    return columns, token


def _is_over(prefill: Prefill, now: dt.datetime) -> bool:
    return prefill.state == PrefillState.EXPIRED or (prefill.state == PrefillState.OPEN and prefill.expires_at <= now)


def _token_of(move_in: MoveIn, notice: Notice) -> str:
    """Raises MoveInOver when the prefill has ended, or its key is gone."""
    if move_in.cancelled_at or move_in.prefill.state != PrefillState.OPEN or not move_in.token_by_number:
        raise MoveInOver
    try:
        return open_token(notice.number, move_in.token_by_number)
    except CannotDecrypt:
        raise MoveInOver from None


def _update(move_in: MoveIn, token: str, notice: Notice, settings: MoveInSettings, now: dt.datetime) -> None:
    """The new row where the family has changed nothing of the one before. Twice changes nothing.

    Raises StaleState, MoveInOver.
    """
    try:
        home = open_home(token, now=now)
    except NoSuchPrefill:
        raise MoveInOver from None
    combined, held = home.filling.combined, home.filling.values
    before = open_values(token, move_in.taken)
    fresh = values_of(notice, combined, settings.fixed_answers)
    values = merged(combined, held, before, fresh)
    sources = {key: source for key, source in home.sources.items() if values.get(key) == held.get(key)}
    sources |= {key: Source.PORTAL.value for key in fresh if values.get(key) == fresh[key]}
    columns: dict[str, Any] = {"taken": seal_values(token, fresh), "told_at": notice.told_at, **_wishes(notice)}
    visit_on = _day_of(notice, now) if home.prefill.visit_on in (None, move_in.wished_on) else home.prefill.visit_on
    with transaction.atomic():
        prefills.keep(
            token=token,
            procedures=home.procedures,
            values=values,
            sources=sources,
            visit_on=visit_on,
            language=home.prefill.language,
            expected_revision=home.prefill.revision,
            now=now,
        )
        MoveIn.objects.filter(pk=move_in.pk).update(**columns)
    for name, value in columns.items():
        setattr(move_in, name, value)
    move_in.prefill.refresh_from_db()


def _cancel(move_in: MoveIn, notice: Notice, now: dt.datetime) -> MoveIn:
    """Booking and prefill go with the notice; what was read at a desk already stays. Twice is once."""
    if _is_older(notice, move_in):
        return move_in
    give_up_booking(move_in, now=now)
    if move_in.prefill.state == PrefillState.OPEN:
        prefills.delete(token=_token_of(move_in, notice), now=now)
    MoveIn.objects.filter(pk=move_in.pk, cancelled_at=None).update(
        cancelled_at=now, row_mark=mark_of(notice), token_by_number="", taken=""
    )
    return move_in


def _is_older(notice: Notice, move_in: MoveIn) -> bool:
    """An old file, uploaded after a newer one, changes nothing."""
    return notice.told_at is not None and move_in.told_at is not None and notice.told_at < move_in.told_at


def _wishes(notice: Notice) -> dict[str, Any]:
    return {"wished_on": notice.wished_day, "wished_from": notice.wished_from}


def _day_of(notice: Notice, now: dt.datetime) -> dt.date | None:
    """The wished day ends the prefill, unless it is over already."""
    day = notice.wished_day
    return day if day is not None and day >= timezone.localdate(now) else None


def _refuse(item: MoveInItem, move_in: MoveIn | None, reason: str, now: dt.datetime) -> None:
    """For good as far as the worker goes; staff may try the row again while it is there."""
    with transaction.atomic():
        if fail(item, error="refused", retry_in=None, now=now):
            MoveInItem.objects.filter(pk=item.pk).update(outcome=O.REFUSED, reason=reason[:200], move_in=move_in)


def _end(item: MoveInItem, outcome: MoveInOutcome, move_in: MoveIn | None, reason: str, now: dt.datetime) -> None:
    finish(item, now=now, outcome=outcome, move_in=move_in, reason=reason[:200], content="")
