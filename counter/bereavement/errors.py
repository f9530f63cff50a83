"""What the corner refuses, in words a person can read."""

from django.utils.translation import gettext_lazy as _

from cityhall.errors import DomainError


class AnswersMissing(DomainError):
    """Nobody can prepare anything without a name, the day and who comes."""

    code = "answers_missing"
    message = _("亡くなった方のお名前、亡くなった日、窓口に来る方の続柄は、お答えください。")


class NotAgreed(DomainError):
    """The family has not agreed that departments read what it wrote."""

    code = "not_agreed"
    message = _("担当する課と共有することへの同意にチェックを入れてください。")


class NotSentYet(DomainError):
    """There is nothing to prepare with."""

    code = "not_sent_yet"
    message = _("ご家族の回答がまだ届いていません。お電話で聞き取るか、届くのをお待ちください。")


class BookingGivenUp(DomainError):
    """The booking was cancelled, or the family took everything back."""

    code = "booking_given_up"
    message = _("この予約は取り消されました。準備は要りません。")


class BereavementOver(DomainError):
    """The family has its guide sheet; nothing is changed any more."""

    code = "bereavement_over"
    message = _("この受付は終わっています。変更するときは、受付を再開してください。")


class ReasonNeeded(DomainError):
    """A procedure is put aside without a word."""

    code = "reason_needed"
    message = _("理由を入力してください。")


class VisitNotReady(DomainError):
    """Procedures are taken into a visit once it is known who came, and before anything is signed."""

    code = "visit_not_ready"
    message = _("来庁の本人確認を済ませ、内容の確認に入る前に押してください。")


class SharedGroup(DomainError):
    """The corner is by reservation only, and its group gives numbers for other services."""

    code = "shared_group"
    message = _("おくやみコーナーは予約制です。番号札を発行しない業務のまとまりに分けてから、設定してください。")
