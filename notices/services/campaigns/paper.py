"""Who of a list gets a letter from the start, told before anything is sent."""

from collections.abc import Iterable

from notices.models import NoticeType
from notices.services.campaigns.people import Person, consenting


class PaperRule:
    """The rule of a kind of notice, for many people at once; `services.documents` applies it to one notice.

    Source: デジタル手続法 第7条第1項 — digital only for a person who said so.
    """

    def __init__(self, kind: NoticeType) -> None:
        self._needs_consent = kind.consent_required
        self._text_version = kind.consent_text_version
        self._needs_account = kind.hours_until_paper is not None

    def recipients(self, people: Iterable[Person]) -> set[int]:
        """Ids of those who get a letter, whatever is opened. One query at most."""
        everybody = list(people)
        said_yes = (
            consenting((person.pk for person in everybody), text_version=self._text_version)
            if self._needs_consent
            else set()
        )
        return {
            person.pk
            for person in everybody
            if (self._needs_consent and person.pk not in said_yes) or (self._needs_account and person.user_id is None)
        }
