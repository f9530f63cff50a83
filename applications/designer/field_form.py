"""The page of one field: a form with the settings of its kind and no others."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.concepts import concepts_for
from applications.definition import CHARSETS, SETTINGS, TODAY
from applications.definition.values import repeated
from applications.designer.options import options_text, read_options
from applications.designer.places import FieldDocument, kind_of
from applications.designer.single import field_problems
from applications.designer.words import CHARSET_WORDS, SETTING_WORDS
from applications.enums import FieldType
from applications.publishable import repeated_words
from cityhall.my_numbers import StaffTexts

T = FieldType
_DATES = frozenset({T.DATE, T.DATE_TIME})
# these have pages of their own, or follow from other settings
_ELSEWHERE = frozenset({"key", "type", "visible_when", "required_when", "value", "fields"})
_MANY = 20_000


def _line(name: str, *, most: int = 200, required: bool = False, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=SETTING_WORDS[name],
        required=required,
        max_length=most,
        help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def _text(
    name: str, *, rows: int = 3, most: int = 2000, required: bool = False, help_text: Any = ""
) -> forms.CharField:
    return forms.CharField(
        label=SETTING_WORDS[name],
        required=required,
        max_length=most,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def _count(name: str, *, least: int = 0, most: int = _MANY, help_text: Any = "") -> forms.IntegerField:
    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    return forms.IntegerField(
        label=SETTING_WORDS[name],
        required=False,
        min_value=least,
        max_value=most,
        help_text=help_text,
        widget=widget,
    )


def _limit(name: str, kind: FieldType) -> forms.Field:
    if kind in _DATES:
        help_text = _("例: 2026-04-01。申請する日を限度にするときは「今日」と入力してください。")
    elif kind == T.TIME:
        help_text = _("例: 09:00")
    else:
        help_text = _("空欄のときは制限しません。")
    return _line(name, most=30, help_text=help_text)


def _concepts(kind: FieldType, *, is_in_rows: bool) -> forms.ChoiceField:
    """The words of the vocabulary that a question of this kind may carry in this place, by role."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for concept in concepts_for(kind, in_rows=is_in_rows):
        groups.setdefault(concept.role.label, []).append((concept.key, concept.full_label))
    return forms.ChoiceField(
        label=SETTING_WORDS["concept"],
        required=False,
        choices=[("", _("なし（自動入力しない）")), *groups.items()],
        help_text=_("選ぶと、市が知っている内容や、ほかの手続で答えた内容が自動で入ります。"),
    )


_BUILDERS: dict[str, Callable[[FieldType], forms.Field]] = {
    "label": lambda kind: _line(
        "label",
        required=True,
        help_text=_("職員が見分けるための名前です。申請する人には、下の説明文だけが見えます。")
        if kind == FieldType.EXPLANATION
        else _("申請する人に見える質問です。"),
    ),
    "text": lambda _kind: _text(
        "text",
        rows=6,
        most=5000,
        required=True,
        help_text=_("空行で段落、行の先頭の「- 」で箇条書き、**二つの星印**で太字になります。"),
    ),
    "consent_text": lambda _kind: _text("consent_text", rows=6, most=5000, required=True),
    "consent_version": lambda _kind: _line(
        "consent_version",
        most=40,
        required=True,
        help_text=_("文章を変えたときは、版も変えてください。どの文章に同意したかの記録に使います。例: 2026-04"),
    ),
    "help": lambda _kind: _text("help", most=1000, help_text=_("質問文の下に表示します。")),
    "example": lambda _kind: _line("example", help_text=_("「例：」に続けて表示します。")),
    "required": lambda _kind: forms.BooleanField(label=_("必ず答えてもらう（必須）"), required=False),
    "options": lambda _kind: _text(
        "options",
        rows=8,
        most=20_000,
        required=True,
        help_text=_(
            "1行に一つずつ入力してください。「記録する値 | 表示することば」の形で表示しています。"
            "新しい行はことばだけでかまいません（値は自動で付きます）。"
        ),
    ),
    "other": lambda _kind: forms.BooleanField(
        label=_("最後に「その他」と入力欄を付ける"),
        required=False,
    ),
    "unit": lambda _kind: _line("unit", most=10, help_text=_("数の後に表示します。例: 円、人、日")),
    "min": lambda kind: _limit("min", kind),
    "max": lambda kind: _limit("max", kind),
    "decimals": lambda _kind: _count("decimals", most=10, help_text=_("空欄か0のときは整数だけを受け付けます。")),
    "min_length": lambda _kind: _count("min_length"),
    "max_length": lambda _kind: _count("max_length", least=1),
    "charset": lambda _kind: forms.ChoiceField(
        label=SETTING_WORDS["charset"],
        required=False,
        choices=[(name, CHARSET_WORDS[name]) for name in ("", *CHARSETS)],
        help_text=_("全角・半角、ひらがな・カタカナは自動で直します。直せない文字だけを断ります。"),
    ),
    "accept": lambda _kind: forms.MultipleChoiceField(
        label=SETTING_WORDS["accept"],
        choices=[("image", _("写真・画像（JPEG、PNGなど）")), ("pdf", _("PDF"))],
        widget=forms.CheckboxSelectMultiple,
    ),
    "max_files": lambda _kind: _count("max_files", least=1, most=20, help_text=_("空欄のときは1つです。")),
    "min_rows": lambda _kind: _count("min_rows", most=200, help_text=_("空欄のときは、行がなくてもかまいません。")),
    "max_rows": lambda _kind: _count("max_rows", least=1, most=200, help_text=_("空欄のときは20行までです。")),
    "row_title": lambda _kind: _line(
        "row_title",
        help_text=_("各行の上に表示します。((キー)) の形で、その行の回答を入れられます。例: お子さま ((q3))"),
    ),
}
"""Settings in the order of the page; the concept comes last."""


class FieldForm(StaffTexts, forms.Form):
    """Settings of one field. What is typed is kept as typed until it is right; only then the document changes."""

    key = forms.CharField(
        label=_("キー（記録に使う名前）"),
        required=False,
        max_length=60,
        help_text=_("自動で付いています。ほかの仕組みと合わせるときだけ変えてください。版にした後は変えられません。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(
        self, one: FieldDocument, *, data: Any = None, is_in_rows: bool = False, may_rename: bool = False
    ) -> None:
        self.document = one
        self.is_in_rows = is_in_rows
        self.kind = kind_of(one)
        super().__init__(data=data, initial=_initial(one, self.kind))
        taken = SETTINGS[self.kind] - _ELSEWHERE
        for name, build in _BUILDERS.items():
            if name in taken:
                self.fields[name] = build(self.kind)
        if "concept" in taken:
            self.fields["concept"] = _concepts(self.kind, is_in_rows=is_in_rows)
        if self.kind == T.ATTRIBUTE:
            self.fields["concept"].required = True
        key = self.fields.pop("key")
        if may_rename:
            self.fields["key"] = key

    def clean_options(self) -> list[dict[str, str]]:
        options = read_options(self.cleaned_data["options"], self.document.get("options") or [])
        if twice := repeated([option["value"] for option in options]):
            raise forms.ValidationError(
                _("「%(values)s」という値が二度あります。「|」の左側を、ちがうものにしてください。")
                % {"values": "」「".join(twice)}
            )
        if told := repeated_words([option["label"] for option in options]):
            raise forms.ValidationError(told)
        return options

    def clean_min(self) -> str | None:
        return self._clean_limit("min")

    def clean_max(self) -> str | None:
        return self._clean_limit("max")

    def _clean_limit(self, name: str) -> str | None:
        text = str(self.cleaned_data[name]).strip()
        return TODAY if text in ("今日", TODAY) else text or None

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            for message in self._mistakes(data):
                self.add_error(None, message)
        return data

    def _mistakes(self, data: Mapping[str, Any]) -> list[str]:
        """What the definition itself says of the settings; the fields of a group and conditions are not asked here."""
        if self.kind in (T.ROWS, T.CALCULATED):
            return []
        document = {"key": self.document["key"], "type": self.kind.value, **self._plain(data)}
        return [problem.message for problem in field_problems(document, is_in_rows=self.is_in_rows)]

    @staticmethod
    def _plain(data: Mapping[str, Any]) -> dict[str, Any]:
        blank: tuple[Any, ...] = (None, "", [], False)
        return {name: value for name, value in data.items() if name != "key" and value not in blank}

    def changes(self) -> dict[str, Any]:
        """The settings as the document takes them, blank ones too. Call after `is_valid()`."""
        return {name: value for name, value in self.cleaned_data.items() if name != "key"}


def _initial(one: FieldDocument, kind: FieldType) -> dict[str, Any]:
    values = {name: one.get(name) for name in SETTINGS[kind] - _ELSEWHERE}
    values["key"] = one["key"]
    if "options" in values:
        values["options"] = options_text(one.get("options") or [])
    if kind in _DATES:
        for name in ("min", "max"):
            if values.get(name) == TODAY:
                values[name] = str(_("今日"))
    return values
