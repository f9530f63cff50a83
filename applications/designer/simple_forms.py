"""Small forms of the designer: adding a field, a section, the list of procedures, publishing."""

import re
from collections.abc import Sequence
from typing import Any, cast

import jaconv
from django import forms
from django.utils.translation import gettext_lazy as _

from applications.definition.kinds import IN_ROWS_REFUSED
from applications.designer.words import KIND_GROUPS
from applications.enums import FieldType, ProcedureState
from applications.search import READING
from cityhall.models import Department
from cityhall.my_numbers import StaffTexts

_KEY = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_DRAWN_KEY = re.compile(r"tetsuzuki-[a-z0-9]{6}")
# pages beside those of the procedures
_NO_KEYS = frozenset({"new", "export", "import"})


class AddFieldForm(StaffTexts, forms.Form):
    """A kind and a question; the rest is asked on the field's own page."""

    label = forms.CharField(
        label=_("質問文（見出し）"),
        max_length=200,
        help_text=_("例: 勤務先の名称。後から変えられます。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    type = forms.ChoiceField(label=_("種類"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, is_in_rows: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.groups = [
            (title, kept)
            for title, kinds in KIND_GROUPS
            if (kept := [(kind, about) for kind, about in kinds if not (is_in_rows and kind in IN_ROWS_REFUSED)])
        ]
        cast("forms.ChoiceField", self.fields["type"]).choices = [
            (kind.value, kind.label) for _title, kinds in self.groups for kind, _about in kinds
        ]

    def kind_rows(self) -> list[tuple[Any, list[tuple[FieldType, Any, bool]]]]:
        """The kinds in their groups, each with what it is for and whether it is chosen."""
        chosen = self["type"].value()
        return [(title, [(kind, about, kind == chosen) for kind, about in kinds]) for title, kinds in self.groups]


class SectionForm(StaffTexts, forms.Form):
    """Name and introduction of a section."""

    title = forms.CharField(
        label=_("セクションの名前"),
        max_length=100,
        help_text=_("申請する人には、ページの見出しとして見えます。例: 申請する方"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    intro = forms.CharField(
        label=_("セクションの説明"),
        required=False,
        max_length=5000,
        help_text=_("ページの初めに表示します。空行で段落、行の先頭の「- 」で箇条書きになります。"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class PublishForm(StaffTexts, forms.Form):
    """What changed, for colleagues and for later."""

    change_note = forms.CharField(
        label=_("変更の内容"),
        max_length=200,
        help_text=_("版の一覧に残り、職員だけが見ます。例: 振込先の口座を追加"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class NewProcedureForm(StaffTexts, forms.Form):
    """The beginning of a procedure."""

    name = forms.CharField(label=_("手続の名称"), max_length=100, help_text=_("例: 防災訓練への参加の申込み"))
    name_kana = forms.CharField(
        label=_("ふりがな"),
        max_length=200,
        help_text=_("ひらがなで、空白を入れずに入力してください。五十音の一覧に使います。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    summary = forms.CharField(label=_("概要"), max_length=300, help_text=_("一覧に表示する一、二文の説明です。"))
    department = forms.ModelChoiceField(label=_("所管課"), queryset=Department.objects.none(), empty_label=None)
    key = forms.CharField(
        label=_("キー（アドレスに使う名前）"),
        required=False,
        max_length=60,
        help_text=_("半角の英小文字・数字・ハイフン。空欄のときは自動で付けます。後から変えられません。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    drawn_key = forms.CharField(required=False, widget=forms.HiddenInput)
    """Taken where nobody thinks of a key. Drawn with the page, so that a page sent twice names the same procedure."""

    def __init__(self, *args: Any, departments: Sequence[Department], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = cast("forms.ModelChoiceField[Department]", self.fields["department"])
        choice.queryset = Department.objects.filter(pk__in=[one.pk for one in departments])

    def clean_name_kana(self) -> str:
        kana = jaconv.kata2hira(jaconv.h2z(str(self.cleaned_data["name_kana"]), kana=True))
        if not READING.fullmatch(kana):
            raise forms.ValidationError(_("ふりがなは、ひらがなで、空白を入れずに入力してください。"))
        return kana

    def clean_key(self) -> str:
        key = str(self.cleaned_data["key"])
        if key and (not _KEY.fullmatch(key) or key in _NO_KEYS):
            raise forms.ValidationError(
                _("英小文字で始まる、英小文字・数字・ハイフンの組み合わせで入力してください。例: bosai-kunren")
            )
        return key

    def clean_drawn_key(self) -> str:
        key = str(self.cleaned_data["drawn_key"])
        return key if _DRAWN_KEY.fullmatch(key) else ""


class CopyProcedureForm(NewProcedureForm):
    """The same without the summary and the reading, which the copy takes over."""

    summary = None  # type: ignore[assignment]  # Django's way to drop an inherited field
    name_kana = None  # type: ignore[assignment]


class DesignListForm(forms.Form):
    """The filters of the list. What cannot be understood counts as not asked for."""

    text = forms.CharField(
        label=_("手続の名称・ことば"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    department = forms.ChoiceField(label=_("所管課"), required=False)
    state = forms.ChoiceField(label=_("状態"), required=False, choices=[("", _("すべて")), *ProcedureState.choices])

    def __init__(self, *args: Any, departments: Sequence[Department], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = cast("forms.ChoiceField", self.fields["department"])
        choice.choices = [("", _("すべて")), *((one.code, one.name) for one in departments)]

    def wanted(self) -> dict[str, str]:
        self.is_valid()
        return {name: str(self.cleaned_data.get(name) or "") for name in ("text", "department", "state")}
