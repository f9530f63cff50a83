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


class MoveInOver(DomainError):
    """What was filled in is used, deleted or past its days."""

    code = "move_in_over"
    message = _("この転入予約の事前入力は、使用済みか、期限切れか、取り消されています。")
