"""The form of a text: what every kind of notice has, decision letters too. Mistakes are named with their line."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cityhall.my_numbers import StaffTexts
from notices.models import NoticeTypeVersion
from notices.texts import Mistake, mistakes_in

_SEPARATOR = "："
LINE_BREAK = "↵"


class RowsField(forms.CharField):
    """The table under the text, a row a line: 見出し：内容."""

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return "\n".join(f"{row['label']}{_SEPARATOR}{row['text']}" for row in value)
        return value

    def clean(self, value: Any) -> Any:
        return [{"label": label, "text": text} for label, text in _pairs(super().clean(value))]


class PairsField(forms.CharField):
    """Names with their values, one a line: 名前：値. A value may be blank; ↵ is a line break inside it."""

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return "\n".join(f"{name}{_SEPARATOR}{_on_one_line(text)}" for name, text in value.items())
        return value

    def clean(self, value: Any) -> Any:
        pairs = _pairs(super().clean(value), may_be_blank=True)
        return {name: text.replace(LINE_BREAK, "\n") for name, text in pairs}


def area(rows: int, **attrs: Any) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, **attrs})


class TextForm(StaffTexts, forms.Form):
    """Title, body, table and appeal text. `known` are the names they may use."""

    title = forms.CharField(label=gettext_lazy("表題"), max_length=120)
    body = forms.CharField(
        label=gettext_lazy("本文"),
        max_length=20_000,
        widget=area(16),
        help_text=gettext_lazy("空行で段落、行の先頭の「- 」で箇条書き、「## 」で見出しになります。"),
    )
    particulars = RowsField(
        label=gettext_lazy("記載事項の表"),
        required=False,
        max_length=5_000,
        widget=area(6),
        help_text=gettext_lazy(
            "1行に一つ、「見出し：内容」の形で入力してください。内容が空になる行は通知書に出ません。"
        ),
    )
    appeal_text = forms.CharField(
        label=gettext_lazy("教示（不服申立ての案内）"), required=False, max_length=10_000, widget=area(10)
    )
    change_note = forms.CharField(
        label=gettext_lazy("変更の内容"), max_length=200, help_text=gettext_lazy("例: 問い合わせ先の文章を追加")
    )
    seen_version = forms.IntegerField(min_value=0, max_value=1_000_000, widget=forms.HiddenInput)

    columns = ("title", "body", "particulars", "appeal_text")
    """What of the form goes into a version as it is."""

    def __init__(self, *args: Any, known: Collection[str] = (), is_preview: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._known = known
        if is_preview:
            # what changed is said when it is kept
            self.fields["change_note"].required = False

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for name in self.checked_fields():
            if name in data:
                # as it was typed: the lines are those the person sees
                for mistake in self._mistakes(name, str(self[name].data or ""), self.known_names(data)):
                    self.add_error(name, mistake.sentence)
        return data

    def _mistakes(self, name: str, typed: str, known: Collection[str]) -> Iterator[Mistake]:
        """Each row of a table is a text of its own: a condition ends in the row where it begins."""
        if not isinstance(self.fields[name], RowsField | PairsField):
            yield from mistakes_in(typed, known)
            return
        for number, line in enumerate(typed.splitlines(), start=1):
            for half in line.split(_SEPARATOR, 1):
                yield from (replace(mistake, line=number) for mistake in mistakes_in(half, known))

    def checked_fields(self) -> tuple[str, ...]:
        """Fields whose placeholders and conditions are looked at."""
        return ("title", "body", "particulars", "appeal_text")

    def known_names(self, data: Mapping[str, Any]) -> Collection[str]:
        """Names that the texts may use."""
        return self._known

    def texts(self) -> dict[str, Any]:
        """The columns of a version. Call after `is_valid()`."""
        return {name: plain(self.cleaned_data[name]) for name in self.columns}


def initial_of(version: NoticeTypeVersion | None) -> dict[str, Any]:
    """What the form begins with."""
    if version is None:
        return {"seen_version": 0}
    return {name: getattr(version, name) for name in TextForm.columns} | {"seen_version": version.number}


def plain(value: Any) -> Any:
    """Browsers end lines with CR LF, files of the catalogue with LF: the same text is no change."""
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def _on_one_line(text: str) -> str:
    return text.replace("\n", LINE_BREAK)


def _pairs(written: str, *, may_be_blank: bool = False) -> list[tuple[str, str]]:
    pairs = []
    for number, line in enumerate(written.splitlines(), start=1):
        name, separator, text = line.strip().partition(_SEPARATOR)
        if not line.strip():
            continue
        if not (name.strip() and separator and (text.strip() or may_be_blank)):
            raise forms.ValidationError(
                _("%(number)s行目：「見出し：内容」の形で入力してください。") % {"number": number}
            )
        pairs.append((name.strip(), text.strip()))
    return pairs
