"""What a text makes of a row: which values are missing, and whether the result fits."""

import datetime as dt
from collections.abc import Mapping

from django.utils.translation import gettext as _

from cityhall.days import local_date
from cityhall.queries.city import municipality
from notices.models import Campaign, Notice
from notices.services.campaigns.columns import value_key
from notices.services.campaigns.people import Person
from notices.services.issuing import CommonValues
from notices.texts import USUAL_NAMES, NoticeText, compile_text
from notices.texts.filling import join
from notices.texts.parsing import Slot

_MOST_TITLE = Notice._meta.get_field("title").max_length or 0


def wanted_names(campaign: Campaign) -> list[str]:
    """Placeholders of the text that the list, or the campaign for all, must give; in the order of the text."""
    return [name for name in compile_text(campaign.version).names if name not in USUAL_NAMES]


def needed_names(campaign: Campaign) -> list[str]:
    """Those of them that stand in the running text under no condition: without them nobody can be written to.

    The others may be blank; a row whose own values want one of them says so when it is checked.
    """
    words = compile_text(campaign.version).words
    printed = (part.name for parts in words.all for part in parts if isinstance(part, Slot))
    return [name for name in dict.fromkeys(printed) if name not in USUAL_NAMES]


class Writer:
    """The text of a campaign with the values that are the same for all, ready for very many rows."""

    def __init__(self, campaign: Campaign, *, now: dt.datetime) -> None:
        self._text = compile_text(campaign.version)
        usual = CommonValues(municipality(), campaign.department, local_date(now), campaign.name)
        blank = dict.fromkeys(wanted_names(campaign), "")
        self._common = {**blank, **usual.as_dict(), **campaign.values}
        own = {name for name in self._common if value_key(name) in campaign.mapping} | {
            "recipient_name",
            "subject_name",
        }
        self._settled = self._text.settled({name: text for name, text in self._common.items() if name not in own})

    def fill(self, recipient: Person, subject: Person, values: Mapping[str, str]) -> NoticeText:
        """The words of one notice. Raises MissingValues."""
        return self._settled.fill(self._all(recipient.full_name, subject.full_name, values))

    def problem(self, recipient: str, subject: str, values: Mapping[str, str]) -> str:
        """Why a row for the people of these names cannot be written, or ""."""
        filled = self._all(recipient, subject, values)
        if blanks := self._text.blanks(filled):
            return _("差し込む値が空欄です：%(names)s") % {"names": "、".join(blanks)}
        if len(join(self._text.words.title, filled, str)) > _MOST_TITLE:
            return _("値を差し込むと表題が%(most)d文字を超えます。") % {"most": _MOST_TITLE}
        return ""

    def _all(self, recipient: str, subject: str, values: Mapping[str, str]) -> dict[str, str]:
        own = {"recipient_name": recipient, "subject_name": subject}
        return {**self._common, **own, **values}
