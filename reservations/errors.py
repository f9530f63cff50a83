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


class CrowdedAddress(DomainError):
    """As many guests as may hold a time at once sit behind one network address."""

    code = "crowded_address"
    message = _(
        "同じ回線（Wi-Fiなど）から、いま多くの方が予約の手続きをしています。"
        "数分待ってから、もう一度お試しください。ログインすると、待たずに予約できます。"
    )


class NotBookable(DomainError):
    """Services, slots and people that do not go together: a page out of date, or a made-up POST."""

    code = "not_bookable"
    message = _("この内容では予約できません。業務・場所・時間・人数を選び直してください。")


class AccountNeeded(DomainError):
    """A group that takes no reservations of guests."""

    code = "account_needed"
    message = _("この予約には、利用者登録とログインが必要です。ログインしてから、もう一度お申し込みください。")


class NotBooked(DomainError):
    """The reservation was cancelled, or never confirmed."""

    code = "not_booked"
    message = _("この予約は取り消されているか、完了していません。もう一度予約するか、職員にお声がけください。")


class UnknownCode(DomainError):
    """No reservation has this code or number."""

    code = "unknown_code"
    message = _("予約が見つかりません。QRコードか予約番号を確かめて、もう一度お試しください。")


class CodeTaken(DomainError):
    """A reservation is opened by one brought code, and a code opens one reservation."""

    code = "code_taken"
    message = _(
        "この予約かQRコードには、すでに別のものが結び付いています。先に結び付けを外してから、もう一度お試しください。"
    )


class OfferOver(DomainError):
    """The time to answer is over, or the offer was declined."""

    code = "offer_over"
    message = _(
        "ご案内の期限が過ぎたため、次の方にご案内しました。もう一度お待ちになるときは、改めてお申し込みください。"
    )


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


class NotAtDesk(DomainError):
    """The person has not signed on at the desk they act for, or is on a break there."""

    code = "not_at_desk"
    message = _("この窓口で受付を始めてから、操作してください。")


class DeskTaken(DomainError):
    """Somebody else sits there."""

    code = "desk_taken"
    message = _("この窓口は、別の職員が使っています。")


class DeskBusy(DomainError):
    """One person at a desk at a time."""

    code = "desk_busy"
    message = _("先に、いま対応している方の対応を終えるか、保留にしてください。")


class NotYours(DomainError):
    """Another clerk serves this person."""

    code = "not_yours"
    message = _("この方は、別の窓口で対応しています。引き継ぐときは「引き継ぐ」を押してください。")


class CallMore(DomainError):
    """Nobody is missed before they were called three times."""

    code = "call_more"
    message = _("不在にする前に、3回呼び出してください。")


class NumberInUse(DomainError):
    """The place somebody is sent to has given the same number to another person today."""

    code = "number_in_use"
    message = _("同じ番号がその場所でも使われているため、送れません。その場所で新しい番号札を発行してください。")


class ReasonMissing(DomainError):
    """What puts somebody before others must be explained."""

    code = "reason_missing"
    message = _("理由を入力してください。")


class AlreadyWished(DomainError):
    """One entry each."""

    code = "already_wished"
    message = _("この抽選には、既に申し込まれています。変更するときは、前の申込を取り下げてから申し込んでください。")


class WishesClosed(DomainError):
    """Before the start or after the end of the wishes."""

    code = "wishes_closed"
    message = _("この抽選は、申込の受付期間ではありません。")


class DrawNotOver(DomainError):
    """Nobody draws while others may still enter."""

    code = "draw_not_over"
    message = _("申込の締切より前に、抽選はできません。")


class SessionClash(DomainError):
    """Two sessions of a group cannot begin at one place at the same moment."""

    code = "session_clash"
    message = _("この場所には、同じ時刻に始まる回が既にあります。日付か開始の時刻を変えてください。")


class SessionOver(DomainError):
    """A session that has begun, or was cancelled, is as it is."""

    code = "session_over"
    message = _("この回は、始まったか中止になったため、変更できません。")


class NotInSession(DomainError):
    """The code or number is right, but not of this session."""

    code = "not_in_session"
    message = _("この予約は、この回の予約ではありません。予約の回を確かめてください。")


class PickupMoved(DomainError):
    """The order is in another state than the page said."""

    code = "pickup_moved"
    message = _("この申込は、ほかの操作で状態が変わりました。画面を確かめて、もう一度操作してください。")


class TooManyPickups(DomainError):
    """As many orders as one person may have open."""

    code = "too_many_pickups"
    message = _("受け取りがまだの申込が多いため、申し込めません。受け取るか取り消してから、もう一度お試しください。")


class GivesNumbers(DomainError):
    """What is to be by reservation only gives numbers to who walks in."""

    code = "gives_numbers"
    message = _("番号札を発行しているまとまりは、予約制にできません。「番号札を発行する」を外してください。")
