"""A My Number (個人番号) in what people type: never kept. Only staff may say that twelve digits are something else."""

from typing import TYPE_CHECKING, Any, Protocol

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cityhall.enums import AuditAction
from cityhall.marks import required_on_condition
from cityhall.models import User
from cityhall.services import audit
from cityhall.text import has_my_number

REFUSED = _(
    "マイナンバー（個人番号）と思われる12桁の数字があります。"
    "この画面では個人番号をお預かりできませんので、数字を削除してください。"
)
"""What everybody is told, wherever it was typed."""
REFUSED_TO_STAFF = _(
    "マイナンバー（個人番号）と思われる12桁の数字があります。個人番号は保存できません。"
    "ほかの番号のときは、下の「これはマイナンバーではありません」を選んで、もう一度送信してください。"
)
TICK = "is_no_my_number"

if TYPE_CHECKING:
    _Form = forms.BaseForm
else:
    # a mixin: the form it is put before brings the fields
    _Form = object


def refuse_my_number(text: str) -> None:
    """Raises ValidationError. The check is right nine times of ten; residents leave the number out all the same."""
    if has_my_number(text):
        raise ValidationError(REFUSED)


class StaffTexts(_Form):
    """A form in which staff write for the city. Digits that pass the check are refused until a box is ticked.

    The box comes with the refusal only. Put this before the form; a view that saves records the tick.
    """

    has_confirmed_number = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # a page that hands on what was sent hands on the tick
        if self.add_prefix(TICK) in self.data:
            self._show_tick()

    def _show_tick(self) -> None:
        """The box, after everything else."""
        self.fields.pop(TICK, None)
        self.fields[TICK] = required_on_condition(
            forms.BooleanField(label=_("これはマイナンバーではありません（確認しました）"), required=False)
        )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        ticked = bool(data.pop(TICK, False))
        names = [name for name in self.fields if self._holds_number(name)]
        if not names:
            self.fields.pop(TICK, None)
            return data
        self._show_tick()
        self.has_confirmed_number = ticked
        if not ticked:
            for name in names:
                self.add_error(name, REFUSED_TO_STAFF)
        return data

    def _holds_number(self, name: str) -> bool:
        """What was typed counts, not what a field made of it."""
        typed = self[name].data
        is_text = isinstance(self.fields[name], forms.CharField) and not self[name].is_hidden
        return is_text and isinstance(typed, str) and has_my_number(typed)


class Confirmed(Protocol):
    """What was typed, and whether it had digits in it that the person said are no My Number."""

    @property
    def has_confirmed_number(self) -> bool: ...


def record_confirmed_number(
    form: Confirmed, *, by: User, target_type: str, target_id: str, target_label: str, department_code: str
) -> None:
    """Note who said that a number is no My Number; nothing where nobody had to. The number is not noted."""
    if form.has_confirmed_number:
        audit.record(
            action=AuditAction.CHANGE,
            actor=by,
            target_type=target_type,
            target_id=target_id,
            target_label=target_label,
            department_code=department_code,
            detail="number confirmed as no My Number",
        )
