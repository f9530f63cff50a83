"""Forms of the desk: which cases are given to whom, filters with a name, notes, files, points of a checklist."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.services.desk.notes import MAX_LENGTH
from cityhall.models import User
from cityhall.my_numbers import StaffTexts


class AssignManyForm(forms.Form):
    """To whom the ticked cases go. The cases themselves are ticked in the list (`case`)."""

    to = forms.ModelChoiceField(
        label=_("選んだ申請の担当者"), queryset=User.objects.none(), empty_label=_("選択してください")
    )

    def __init__(self, *args: Any, handlers: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = cast("forms.ModelChoiceField[User]", self.fields["to"])
        # the list has read them already: no other query
        choice.queryset = User.objects.filter(pk__in=[person.pk for person in handlers])
        choice.choices = [("", _("選択してください")), *((person.pk, str(person)) for person in handlers)]


class FilterNameForm(forms.Form):
    """A name for a filter."""

    name = forms.CharField(
        label=_("名前"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("絞り込みの名前を入力してください。")},
    )


class NoteForm(StaffTexts, forms.Form):
    """A note of the staff. `request_key` makes a note that is sent twice one note."""

    request_key = forms.CharField(max_length=40, widget=forms.HiddenInput)
    body = forms.CharField(
        label=_("メモ"),
        max_length=MAX_LENGTH,
        help_text=_("申請者には表示されません。書いたあとは変更も削除もできません。"),
        error_messages={"required": _("メモを入力してください。")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class CaseFileForm(StaffTexts, forms.Form):
    """A file the staff put to the case."""

    request_key = forms.CharField(max_length=40, widget=forms.HiddenInput)
    upload = forms.FileField(
        label=_("ファイル"),
        help_text=_("写真またはPDF。申請者には表示されません。"),
        error_messages={"required": _("ファイルを選んでください。")},
        widget=forms.FileInput(attrs={"accept": "image/*,application/pdf"}),
    )
    label = forms.CharField(
        label=_("名前"), required=False, max_length=100, help_text=_("例: 申請書の原本、他課からの回答")
    )


class PointForm(StaffTexts, forms.Form):
    """A point of the checklist."""

    text = forms.CharField(
        label=_("確認すること"),
        max_length=200,
        error_messages={"required": _("確認することを入力してください。")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    is_required = forms.BooleanField(label=_("決定の前に必ず確認する"), required=False)
