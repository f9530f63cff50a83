"""The form of a letter's text. A wrong placeholder is named with the line where it stands."""

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cityhall.my_numbers import StaffTexts
from notices.models import NoticeTypeVersion
from notices.texts import mistakes_in

_SEPARATOR = "："


class RowsField(forms.CharField):
    """The table under the text, a row a line: 見出し：内容."""

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return "\n".join(f"{row['label']}{_SEPARATOR}{row['text']}" for row in value)
        return value

    def clean(self, value: Any) -> Any:
        rows = []
        for number, line in enumerate(str(super().clean(value)).splitlines(), start=1):
            label, separator, text = line.strip().partition(_SEPARATOR)
            if not line.strip():
                continue
            if not (label.strip() and separator and text.strip()):
                raise forms.ValidationError(
                    _("%(number)s行目：「見出し：内容」の形で入力してください。") % {"number": number}
                )
            rows.append({"label": label.strip(), "text": text.strip()})
        return rows


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class LetterForm(StaffTexts, forms.Form):
    """Title, body, table and appeal text of one kind of letter."""

    title = forms.CharField(label=gettext_lazy("表題"), max_length=120)
    body = forms.CharField(
        label=gettext_lazy("本文"),
        max_length=20_000,
        widget=_area(16),
        help_text=gettext_lazy("空行で段落、行の先頭の「- 」で箇条書き、「## 」で見出しになります。"),
    )
    particulars = RowsField(
        label=gettext_lazy("記載事項の表"),
        required=False,
        max_length=5_000,
        widget=_area(6),
        help_text=gettext_lazy(
            "1行に一つ、「見出し：内容」の形で入力してください。内容が空になる行は通知書に出ません。"
        ),
    )
    appeal_text = forms.CharField(
        label=gettext_lazy("教示（不服申立ての案内）"),
        required=False,
        max_length=10_000,
        widget=_area(10),
        help_text=gettext_lazy("期間の月数は ((appeal_months)) と書くと、手続の設定から入ります。"),
    )
    change_note = forms.CharField(
        label=gettext_lazy("変更の内容"), max_length=200, help_text=gettext_lazy("例: 問い合わせ先の文章を追加")
    )
    seen_version = forms.IntegerField(min_value=0, max_value=1_000_000, widget=forms.HiddenInput)
    case_number = forms.CharField(
        label=gettext_lazy("試しに使う申請の受付番号"),
        required=False,
        max_length=30,
        help_text=gettext_lazy("空欄のときは、見本の値で表示します。"),
    )

    def __init__(self, *args: Any, known: Collection[str], is_preview: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._known = known
        if is_preview:
            # what changed is said when it is kept
            self.fields["change_note"].required = False

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("title", "body", "particulars", "appeal_text"):
            if name in data:
                # as it was typed: the lines are those the person sees
                for mistake in mistakes_in(str(self[name].data or ""), self._known):
                    self.add_error(name, mistake.sentence)
        return data

    def texts(self) -> dict[str, Any]:
        """The columns of a version. Call after `is_valid()`."""
        columns = ("title", "body", "particulars", "appeal_text")
        return {name: _plain(self.cleaned_data[name]) for name in columns}


def initial_of(version: NoticeTypeVersion | None) -> Mapping[str, Any]:
    """What the form begins with."""
    if version is None:
        return {"seen_version": 0}
    return {
        "title": version.title,
        "body": version.body,
        "particulars": version.particulars,
        "appeal_text": version.appeal_text,
        "seen_version": version.number,
    }


def _plain(value: Any) -> Any:
    # browsers end lines with CR LF, files of the catalogue with LF: the same text is no change
    return value.replace("\r\n", "\n") if isinstance(value, str) else value
