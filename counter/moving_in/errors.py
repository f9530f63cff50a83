"""What can be wrong with a file of the portal, in the words of who uploads it."""

from django.utils.translation import gettext_lazy as _

from cityhall.errors import DomainError


class MoveInFileRefused(DomainError):
    """The file as a whole cannot be read."""

    code = "move_in_file_refused"
    message = _("このファイルは読み取れません。")


class MoveInNotSetUp(DomainError):
    """The city has not said which procedures a family that moves in fills in."""

    code = "move_in_not_set_up"
    message = _(
        "取り込みの設定がまだありません。管理画面の「転入予約の取り込みの設定」で、手続と予約する業務を選んでください。"
    )


class WrongMoveInNumber(DomainError):
    """What was typed is not the number of this notice."""

    code = "wrong_move_in_number"
    message = _("この方の受付番号ではありません。マイナポータルの受付番号を、もう一度確かめて入力してください。")


class TooManyWrongNumbers(DomainError):
    """A member of staff may guess a few times only."""

    code = "too_many_wrong_numbers"
    message = _("受付番号の間違いが続いたため、15分間は入力できません。")


class NoMailAddress(DomainError):
    """The notice and the family's answers name none."""

    code = "no_mail_address"
    message = _("メールアドレスが分かりません。電話で予約を取るか、QRコードを紙に印刷してお渡しください。")


class JustSent(DomainError):
    """The link went out minutes ago."""

    code = "just_sent"
    message = _("リンクは、たった今送りました。届かないときは、10分ほど待ってからもう一度送ってください。")


class NoSuchBooking(DomainError):
    """Staff typed a number that leads to no booking to come, or to several."""

    code = "no_such_booking"
    message = _("この番号の予約が見つかりません。予約番号を確かめて、もう一度入力してください。")


class MoveInOver(DomainError):
    """What was filled in is used, deleted or past its days."""

    code = "move_in_over"
    message = _("この転入予約の事前入力は、使用済みか、期限切れか、取り消されています。")
