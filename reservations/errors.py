"""What can go wrong with a booking or a ticket, in the words of the person who meets it."""

from django.utils.translation import gettext_lazy as _

from cityhall.errors import DomainError


class SlotGone(DomainError):
    """Somebody else took the last place, or it was closed meanwhile."""

    code = "slot_gone"
    message = _("選んだ時間は、ほかの方の予約で埋まりました。別の時間を選んでください。入力した内容は残っています。")


class NotOpenYet(DomainError):
    """The public may not book this slot yet."""

    code = "not_open_yet"
    message = _("この日の予約は、まだ始まっていません。開始の日時を確かめて、もう一度お試しください。")


class TooLate(DomainError):
    """Past the lead time of booking, changing or cancelling."""

    code = "too_late"
    message = _("この予約の手続きができる時間を過ぎました。お急ぎのときは、窓口へお電話ください。")


class HoldOver(DomainError):
    """The ten minutes are over; what was typed is kept."""

    code = "hold_over"
    message = _("時間の仮押さえが切れました。もう一度、時間を選んでください。入力した内容は残っています。")


class TooManyBookings(DomainError):
    """The limit per person, address or telephone."""

    code = "too_many_bookings"
    message = _("同じ方が同時に持てる予約の数を超えています。今の予約を変更するか、取り消してください。")


class WrongDay(DomainError):
    """Check-in on another day than that of the reservation."""

    code = "wrong_day"
    message = _("この予約は、今日の予約ではありません。予約の日時を確かめてください。")


class WrongPlace(DomainError):
    """Check-in at another place."""

    code = "wrong_place"
    message = _("この予約は、別の場所の予約です。予約の場所を確かめてください。")


class ServiceClosed(DomainError):
    """No tickets now: outside the hours, or as many as can be served were given."""

    code = "service_closed"
    message = _("この業務の受付は、ただいま行っていません。受付時間を確かめるか、職員にお声がけください。")


class TakenByAnother(DomainError):
    """Another desk was faster with this ticket."""

    code = "taken_by_another"
    message = _("この方は、別の窓口が先に呼び出しました。")


class NobodyWaits(DomainError):
    """There is nobody to call."""

    code = "nobody_waits"
    message = _("お待ちの方はいません。")
