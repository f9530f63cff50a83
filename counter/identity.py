"""Documents that show who stands at the desk, and how many of them are enough. Pure; no numbers are ever noted.

Groups by 住民基本台帳法施行規則第5条, 戸籍法施行規則第11条の2 and the 住民基本台帳事務処理要領: one document with a
photograph that a public office issued; or two without, of which at least one is of the public kind; or, when
somebody has none, questions that only that person can answer. Which papers a city takes beside those is its own to
decide.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.enums import IdentityShown


class DocumentGroup(TextChoices):
    """In the order of the page."""

    PHOTO = "photo", _("1点で確認できるもの（官公署が発行した顔写真付きの証明書）")
    OFFICIAL = "official", _("2点で確認できるもの（官公署などが発行した、顔写真のない書類）")
    OTHER = "other", _("上の「2点」のうち1点と組み合わせるもの")
    QUESTIONS = "questions", _("書類をお持ちでないとき")
    AUTHORITY = "authority", _("代理人の権限を示す書類")


@dataclass(frozen=True)
class Document:
    """One kind of document. The key is stored with the visit."""

    key: str
    group: DocumentGroup
    name: str | Promise
    shown: IdentityShown = IdentityShown.OTHER


_G, _S = DocumentGroup, IdentityShown
DOCUMENTS: Final = (
    Document("my_number_card", _G.PHOTO, _("マイナンバーカード"), _S.MY_NUMBER_CARD),
    Document("driving_licence", _G.PHOTO, _("運転免許証・運転経歴証明書"), _S.LICENCE),
    Document("passport", _G.PHOTO, _("パスポート（旅券）"), _S.PASSPORT),
    Document("residence_card", _G.PHOTO, _("在留カード・特別永住者証明書"), _S.PASSPORT),
    Document("disability_certificate", _G.PHOTO, _("身体障害者手帳・療育手帳・精神障害者保健福祉手帳")),
    Document("public_licence", _G.PHOTO, _("その他の免許証・許可証・資格証（官公署発行・写真付き）")),
    Document("insurance_certificate", _G.OFFICIAL, _("健康保険・後期高齢者医療の資格確認書"), _S.INSURANCE),
    Document("care_insurance", _G.OFFICIAL, _("介護保険被保険者証・負担割合証"), _S.INSURANCE),
    Document("pension", _G.OFFICIAL, _("年金手帳・基礎年金番号通知書・年金証書"), _S.INSURANCE),
    Document("medical_benefit", _G.OFFICIAL, _("医療費受給者証（子ども・ひとり親・障害など）"), _S.INSURANCE),
    Document("welfare", _G.OFFICIAL, _("生活保護受給者証・児童扶養手当証書"), _S.INSURANCE),
    Document("seal_registration", _G.OFFICIAL, _("印鑑登録証"), _S.INSURANCE),
    Document("student_card", _G.OTHER, _("学生証・生徒手帳（写真付き）"), _S.INSURANCE),
    Document("employee_card", _G.OTHER, _("社員証・法人の身分証明書（写真付き）"), _S.INSURANCE),
    Document("bank_book", _G.OTHER, _("預金通帳・キャッシュカード・診察券"), _S.INSURANCE),
    Document("questions", _G.QUESTIONS, _("質問（世帯員の氏名・続柄・前住所など）への答えで確認した"), _S.KNOWN),
    Document("letter_of_attorney", _G.AUTHORITY, _("委任状")),
    Document("family_register", _G.AUTHORITY, _("戸籍謄本など（親権者）")),
    # whoever brings it asks for a certificate of that seal (印鑑登録証明事務処理要領); for nothing else
    Document("seal_card", _G.AUTHORITY, _("印鑑登録証（印鑑登録証明書だけを請求するとき）")),
    Document("guardianship", _G.AUTHORITY, _("登記事項証明書・審判書（後見人など）")),
)
BY_KEY: Final = {document.key: document for document in DOCUMENTS}


def known(keys: Iterable[str]) -> list[str]:
    """The keys that are documents, each once, in the order of the page."""
    given = set(keys)
    return [document.key for document in DOCUMENTS if document.key in given]


def is_enough(keys: Collection[str]) -> bool:
    """Whether these documents show who somebody is: one with a photograph, two of the others, or questions."""
    count = {group: sum(BY_KEY[key].group == group for key in known(keys)) for group in DocumentGroup}
    if count[_G.PHOTO] or count[_G.QUESTIONS]:
        return True
    return count[_G.OFFICIAL] >= 1 and count[_G.OFFICIAL] + count[_G.OTHER] >= 2


def shows_authority(keys: Collection[str]) -> bool:
    """Whether one of them says that somebody may act for another."""
    return any(BY_KEY[key].group == _G.AUTHORITY for key in known(keys))


def shown_as(keys: Collection[str]) -> IdentityShown:
    """How an application says it: by the first document of the strongest group."""
    who = [BY_KEY[key] for key in known(keys) if BY_KEY[key].group != _G.AUTHORITY]
    return who[0].shown if who else IdentityShown.NONE


def names_of(keys: Collection[str]) -> list[str]:
    """The documents in words."""
    return [str(BY_KEY[key].name) for key in known(keys)]


def by_group() -> list[tuple[DocumentGroup, list[Document]]]:
    """As the page shows them."""
    return [(group, list(documents)) for group, documents in groupby(DOCUMENTS, key=lambda one: one.group)]
