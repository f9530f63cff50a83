"""Times of day as people write them."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.answers import display_time
from applications.definition import Field
from applications.fields.base import AnswerField, half_width

_HALVES = {"午前": 0, "am": 0, "午後": 12, "pm": 12}
_HALF = "|".join(_HALVES)
_TIME = re.compile(
    rf"({_HALF})?(?:([0-9]{{1,2}})(?::|時)(?:([0-9]{{1,2}})分?|(半))?|([0-9]{{1,2}})([0-9]{{2}}))({_HALF})?"
)
_NOON = "正午"


class TimeAnswer(AnswerField):
    """A time of day: 13:30, 1330, 13時半, 午後1時30分 and 1:30 pm are the same."""

    default_error_messages = {"required": gettext_lazy("時刻を入力してください。")}

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        # a text: the browser's own control takes neither 午後 nor a slip that is to be kept
        self.widget.attrs |= {"size": "12", "autocomplete": "off"}

    def to_python(self, value: Any) -> str | None:
        text = half_width(value)
        if not text:
            return None
        time = read_time(text)
        least, most = self.question.min, self.question.max
        # HH:MM sorts as the clock goes
        if least is not None and time < least:
            raise ValidationError(_("%(time)s以降の時刻を入力してください。") % {"time": display_time(least)})
        if most is not None and time > most:
            raise ValidationError(_("%(time)s以前の時刻を入力してください。") % {"time": display_time(most)})
        return time


def read_time(text: str) -> str:
    """`HH:MM` from a text in half width. Raises ValidationError when it is no time, or could be two."""
    bare = re.sub(r"[\s.]", "", text).lower()
    if bare == _NOON:
        return "12:00"
    match = _TIME.fullmatch(bare)
    if match is None or (match[1] and match[7]):
        raise ValidationError(_("時刻は「13:30」や「午後1時30分」のように入力してください。"))
    hour, minute = int(match[2] or match[5]), 30 if match[4] else int(match[3] or match[6] or 0)
    half = match[1] or match[7]
    if half and hour == 12:
        # noon to some, midnight to others
        raise ValidationError(
            _("12時台の時刻は、正午なら「12:00」、夜中なら「0:00」のように24時間の形で入力してください。")
        )
    hour += _HALVES[half] if half and hour < 12 else 0
    if hour > 23 or minute > 59:
        raise ValidationError(_("この時刻はありません。0:00から23:59までの時刻を入力してください。"))
    return f"{hour:02}:{minute:02}"
