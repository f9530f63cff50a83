"""One reading of one card: find the application, open it with what the resident typed, read the four attributes."""

from typing import Final

from cardbridge import apdu, attributes, tlv
from cardbridge.apdu import Answer, Link
from cardbridge.attributes import Attributes
from cardbridge.card_layout import MOST_BYTES, File
from cardbridge.errors import BadData, Blocked, CardUnreadable, LastTry, OtherCard, WrongSecret
from cardbridge.secrets_typed import Secret

_HEAD: Final = 6


def read_card(link: Link, secret: Secret, *, may_be_last: bool = False) -> Attributes:
    """The attributes of the card on the reader.

    Asks the card first how many tries are left: the last one is spent only when `may_be_last` says that the resident
    wants it. Raises OtherCard, Blocked, LastTry, WrongSecret, CardRemoved, CardUnreadable, BadData.
    """
    _select_application(link)
    left = tries_left(link, secret.file)
    if left == 0:
        raise Blocked
    if left == 1 and not may_be_last:
        raise LastTry
    _verify(link, secret)
    return attributes.parse(_read_file(link, File.ATTRIBUTES))


def tries_left(link: Link, file: File) -> int | None:
    """How often one may still be wrong; None where the card does not tell. Costs no try."""
    _select(link, file)
    answer = apdu.send(link, apdu.ask_tries())
    return 0 if answer.status in apdu.BLOCKED else answer.tries_left


def _verify(link: Link, secret: Secret) -> None:
    answer = apdu.send(link, apdu.verify(secret.encoded()))
    if answer.status == apdu.OK:
        return
    if answer.status in apdu.BLOCKED or answer.tries_left == 0:
        raise Blocked
    if answer.status >> 8 == 0x63:
        raise WrongSecret(answer.tries_left)
    raise CardUnreadable


def _select_application(link: Link) -> None:
    answer = apdu.send(link, apdu.select_application())
    if answer.status == apdu.FILE_NOT_FOUND:
        raise OtherCard
    _need_ok(answer, OtherCard)


def _select(link: Link, file: File) -> None:
    _need_ok(apdu.send(link, apdu.select_file(file)), CardUnreadable)


def _read_file(link: Link, file: File) -> bytes:
    """The object a file holds, without what fills the file up behind it."""
    _select(link, file)
    data = _read(link, 0, _HEAD)
    total = tlv.header(data).total
    if total > MOST_BYTES:
        raise BadData
    while len(data) < total:
        part = _read(link, len(data), min(apdu.MOST_AT_ONCE, total - len(data)))
        if not part:
            # the file ends before the object does
            raise BadData
        data += part
    return data[:total]


def _read(link: Link, offset: int, length: int) -> bytes:
    answer = apdu.send(link, apdu.read_binary(offset, length))
    if answer.status >> 8 == apdu.WRONG_LENGTH and answer.status & 0xFF:
        # the card says how much there is
        answer = apdu.send(link, apdu.read_binary(offset, answer.status & 0xFF))
    if answer.status in apdu.END_OF_FILE:
        return answer.data
    _need_ok(answer, CardUnreadable)
    return answer.data


def _need_ok(answer: Answer, error: type[CardUnreadable] | type[OtherCard]) -> None:
    if answer.status != apdu.OK:
        raise error
