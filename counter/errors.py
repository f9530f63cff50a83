"""What can go wrong at the counter, in the words of the person who meets it."""

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cityhall.errors import DomainError
from counter.codes import CodeSlip


def _sentence_of(slip: CodeSlip) -> Promise:
    if not slip.is_spoken:
        return _("QRコードの文字が途中で切れています（あと%(count)s文字）。もう一度かざすか、続きを入力してください。")
    if slip.missing > 0:
        return _("数字のコードは10桁です。あと%(count)s桁足りません。続きを入力してください。")
    if slip.missing < 0:
        return _("数字のコードは10桁です。%(count)s桁多く入力されています。数字を確かめてください。")
    return _("10桁の数字のどれかが違います。もう一度確かめて入力してください。")


class NoSuchPrefill(DomainError):
    """No prefill has this code, or it is no code at all."""

    code = "no_such_prefill"
    message = _(
        "このコードの事前入力は見つかりません。コードをもう一度お確かめください。"
        "削除されたか、期限が過ぎて消去された可能性もあります。"
    )


class UnreadableCode(NoSuchPrefill):
    """What was scanned or typed can be no code of a prefill: a slip of the fingers, or half a code."""

    code = "unreadable_code"
    message = _("コードを読み取れません。QRコードをもう一度かざすか、10桁の数字を確かめて入力してください。")


class IncompleteCode(UnreadableCode):
    """The beginning of a code, or ten digits of which one is wrong: the sentence says what is missing."""

    code = "incomplete_code"

    def __init__(self, slip: CodeSlip) -> None:
        super().__init__(_sentence_of(slip) % {"count": abs(slip.missing)})


class OtherCity(NoSuchPrefill):
    """The code was made by the portal of another city."""

    code = "other_city"
    message = _("これはほかの自治体で作られたQRコードです。この市の事前入力のQRコードをご用意ください。")


class PrefillExpired(NoSuchPrefill):
    """The day of the visit, or the thirtieth day, is over: the answers are gone."""

    code = "prefill_expired"
    message = _("この事前入力は期限が過ぎたため、内容は消去されました。窓口で内容をお聞きします。")


class PrefillUsed(NoSuchPrefill):
    """It was read at a desk before: the answers are in that visit."""

    code = "prefill_used"
    message = _("この事前入力は、すでに窓口で読み取られています。二度は使えません。")


class PrefillDeleted(NoSuchPrefill):
    """Its owner deleted it."""

    code = "prefill_deleted"
    message = _("この事前入力は、ご本人が削除しました。窓口で内容をお聞きします。")


class TooManyWrongCodes(DomainError):
    """Five spoken codes of this member of staff were wrong in a row."""

    code = "too_many_wrong_codes"
    message = _("数字のコードの間違いが続いたため、15分間は入力できません。QRコードの読み取りは使えます。")


class NothingChosen(DomainError):
    """A prefill is for at least one procedure."""

    code = "nothing_chosen"
    message = _("手続を一つ以上選んでください。")


class TrialAndReal(DomainError):
    """A trial is brought to a real booking, or the other way round."""

    code = "trial_and_real"
    message = _("体験の内容と、実際の予約とは結び付けられません。")


class TooManyProcedures(DomainError):
    """More procedures than one visit can hold."""

    code = "too_many_procedures"
    message = _("一度に選べる手続は20件までです。分けて入力してください。")


class NotIdentifiedEnough(DomainError):
    """The documents that were shown do not say who it is."""

    code = "not_identified_enough"
    message = _(
        "本人確認の書類が足りません。写真付きの証明書を1点、それがないときは、ほかの書類を2点（うち1点は官公署など"
        "が発行したもの）選んでください。書類がないときは、質問による確認を選べます。"
    )


class CompanionUnnamed(DomainError):
    """Who came along, or in the place of the resident, has no name."""

    code = "companion_unnamed"
    message = _("もう一人の方の氏名を入力してください。")


class AuthorityMissing(DomainError):
    """Somebody acts for another without a mandate and without a paper that says so."""

    code = "authority_missing"
    message = _("代理の方の権限を確かめてください。登録済みの代理権を選ぶか、委任状などの書類を選んでください。")


class MandateOfOthers(DomainError):
    """The mandate is over, or another person's."""

    code = "mandate_of_others"
    message = _("選んだ代理権は、この方のものではないか、期限が過ぎています。もう一度選んでください。")


class NotInMandate(DomainError):
    """Somebody came by a mandate of the register that is for other procedures."""

    code = "not_in_mandate"

    def __init__(self, names: Sequence[str]) -> None:
        sentence = _(
            "「%(names)s」は、選んだ代理権の対象ではありません。手続から外すか、本人確認の画面で、代理権を使わずに委任状などの"
            "書類を選んでください。"
        )
        super().__init__(sentence % {"names": "」「".join(names)})


class CannotFileHere(DomainError):
    """Something among the procedures cannot be filed now, or not at this desk."""

    code = "cannot_file_here"
    message = _("この窓口で受け付けられない手続があります。理由を確かめて、外してから進んでください。")

    def __init__(self, names: Sequence[str] = ()) -> None:
        sentence = _(
            "この窓口で受け付けられない手続があります：「%(names)s」。理由を確かめて、外してから進んでください。"
        )
        super().__init__(sentence % {"names": "」「".join(names)} if names else self.message)


class TakenElsewhere(DomainError):
    """Another department receives it: which one, and where that is."""

    code = "taken_elsewhere"

    def __init__(self, department: str, place: str) -> None:
        sentence = _("この手続は、%(office)sの窓口で受け付けます。この窓口では受け付けられません。")
        super().__init__(sentence % {"office": f"{department}（{place}）" if place else department})


class ReasonMissing(DomainError):
    """What is dropped is dropped for a reason."""

    code = "reason_missing"
    message = _("手続を外す理由を入力してください。")


class OtherAnswersAlready(DomainError):
    """A code brings answers into a visit that has some already."""

    code = "other_answers_already"
    message = _(
        "この来庁には、すでに入力された内容があります。事前入力を使うときは、この来庁を終えてから、"
        "来庁の一覧でコードを読み取ってください。"
    )


class OnlyBooked(DomainError):
    """A visit that has begun is shown the code of the booking, which brings no answers."""

    code = "only_booked"
    message = _("これは予約のQRコードです。事前入力のQRコードか、10桁の数字を読み取ってください。")


class BookedElsewhere(DomainError):
    """The own code of a reservation of another day, place or department, or of one that is over."""

    code = "booked_elsewhere"
    message = _("予約のQRコードです。この窓口で今日受け付ける予約ではありません。予約の日時と場所を確かめてください。")


class NotLeading(DomainError):
    """Answers for who was identified come by way of the desk that did so."""

    code = "not_leading"

    def __init__(self, clerk: object) -> None:
        sentence = _(
            "本人確認が済んだ来庁です。事前入力を読み取れるのは、担当の職員（%(clerk)s）だけです。"
            "担当の職員に確かめるか、来庁の一覧で引き継いでから読み取ってください。"
        )
        super().__init__(sentence % {"clerk": clerk})


class Unjudged(DomainError):
    """Answers came after the identification, and differ from the record: nobody has said that it is the same person."""

    code = "unjudged"
    message = _(
        "読み取った事前入力の内容と市の登録に違いがあります。本人確認に戻り、ご本人と判断したときは"
        "「違いを確かめました」を選んでから、質問に進んでください。"
    )


class BookingUnderWay(DomainError):
    """Who booked is being served at another desk."""

    code = "booking_under_way"

    def __init__(self, clerk: object) -> None:
        sentence = _(
            "このコードの予約・番号の方の手続は、すでに別の来庁（担当: %(clerk)s）で進めています。"
            "担当の職員に確かめてください。"
        )
        super().__init__(sentence % {"clerk": clerk})


class NothingToPrint(DomainError):
    """An application that was not sent yet has no number and no form."""

    code = "nothing_to_print"
    message = _("まだ受け付けていない申請は印刷できません。受付をしてから印刷してください。")


class LayoutInUse(DomainError):
    """A layout in use is frozen; a new version is made of it."""

    code = "layout_in_use"
    message = _("この版はすでに使われているため、変更できません。新しい版を作ってください。")


class LayoutHasDraft(DomainError):
    """A procedure has one layout in work at a time."""

    code = "layout_has_draft"
    message = _("この手続には、作成中の版がすでにあります。その版を使うか、削除してから作り直してください。")


class BlankNotChecked(DomainError):
    """The PDF is still in quarantine, or was refused there."""

    code = "blank_not_checked"
    message = _(
        "アップロードしたPDFの検査が終わっていないか、使えないPDFです。検査が終わってから、もう一度お試しください。"
    )


class LayoutHasProblems(DomainError):
    """Something stands off the paper, or is asked by no question."""

    code = "layout_has_problems"
    message = _("直すところが残っているか、印字する項目がありません。一覧の赤い表示を確認してください。")


class CardRefused(DomainError):
    """What came from a card reader belongs to no order of this visit and this member of staff."""

    code = "card_refused"
    message = _(
        "カードの読み取りの期限が切れたか、ほかの来庁の読み取りです。もう一度「カードを読み取る」を押してください。"
    )


class CardUnreadable(DomainError):
    """What came from a card reader is not what a card holds."""

    code = "card_unreadable"
    message = _("カードの内容を受け取れませんでした。もう一度読み取るか、窓口で内容をお聞きしてください。")


class OtherProcedures(DomainError):
    """Besides certificates the visit is for something else."""

    code = "other_procedures"
    message = _("証明書以外の手続もあるため、来庁の画面で受け付けます。証明書もいっしょに受け付けられます。")


class ThirdPartyReason(DomainError):
    """Somebody who is no member of the household and has no mandate says why, and whose it is."""

    code = "third_party_reason"
    message = _("第三者の請求では、請求の理由と、どなたの証明書かを入力してください。")


class NotOfFamily(DomainError):
    """Spouses and relatives in the direct line ask in their own right for 戸籍 alone (戸籍法10条1項)."""

    code = "not_of_family"
    message = _(
        "「配偶者・父母や祖父母・子や孫」として請求できるのは、戸籍の証明書だけです。請求する方を選び直してください。"
    )


class SubjectMismatch(DomainError):
    """Somebody was picked from the register, and another name was typed."""

    code = "subject_mismatch"
    message = _("登録から選んだ方と、氏名かフリガナが違います。「選び直す」を押して、対象の方を選び直してください。")


class ProtectedUnconfirmed(DomainError):
    """Somebody concerned is protected (支援措置), and no superior was asked."""

    code = "protected_unconfirmed"
    message = _("支援措置の対象の方がいます。上席に確認し、確認した上席の氏名を入力してください。")


class CertificateInReview(DomainError):
    """A handler took the case: it is theirs to end."""

    code = "certificate_in_review"
    message = _("担当者がこの申請の審査を始めているため、ここでは取り消せません。申請の画面で担当者が処理します。")
