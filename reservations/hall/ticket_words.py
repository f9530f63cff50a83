"""What a ticket's page says in each state."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reservations.enums import TicketState
from reservations.hall.languages import JAPANESE, minutes_text
from reservations.models import Ticket
from reservations.queries.queue import Position

_PLAIN: Final[Mapping[TicketState, tuple[Promise | str, Promise | str]]] = {
    TicketState.SERVING: (gettext_lazy("対応中です"), gettext_lazy("窓口でご用件をうかがっています。")),
    TicketState.MISSED: (
        gettext_lazy("お呼びしましたが、いらっしゃいませんでした"),
        gettext_lazy("窓口の職員か総合案内にお声がけください。"),
    ),
    TicketState.PARKED: (
        gettext_lazy("確認しています。少しお待ちください"),
        gettext_lazy("同じ番号でもう一度お呼びします。"),
    ),
    TicketState.DONE: (gettext_lazy("終了しました"), gettext_lazy("ご来庁ありがとうございました。")),
    TicketState.LEFT: (
        gettext_lazy("この番号札は取り消されました"),
        gettext_lazy("必要なときは、もう一度番号札をお取りください。"),
    ),
}


def words_of(ticket: Ticket, stand: Position) -> dict[str, str]:
    """A headline and a line below it, for the state and the place in line."""
    if ticket.state == TicketState.WAITING:
        return _waiting(stand)
    if ticket.state == TicketState.CALLED:
        return _called(ticket)
    headline, line = _PLAIN[TicketState(ticket.state)]
    return {"headline": str(headline), "line": str(line)}


def _called(ticket: Ticket) -> dict[str, str]:
    desk = ticket.desk.number if ticket.desk is not None else ""
    floor = ticket.desk.floor if ticket.desk is not None else ""
    headline = _("%(desk)s番窓口へお越しください") % {"desk": desk}
    return {"headline": headline, "line": floor or _("お呼びしています。")}


def _waiting(stand: Position) -> dict[str, str]:
    if stand.ahead == 0:
        return {"headline": _("次にお呼びします"), "line": _("窓口の近くでお待ちください。")}
    if stand.high_minutes == 0:
        return {"headline": _("まもなくお呼びします"), "line": _("窓口の近くでお待ちください。")}
    wait = minutes_text(stand.low_minutes, stand.high_minutes, JAPANESE)
    return {
        "headline": _("あなたの前に%(ahead)s組") % {"ahead": stand.ahead},
        "line": _("お待ちいただく時間は、%(wait)sの見込みです。") % {"wait": wait},
    }
