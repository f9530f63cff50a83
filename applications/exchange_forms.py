"""Forms of what passes beside the questions: messages, and what people thought of a procedure."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.services.messages import MAX_FILES, MAX_LENGTH
from applications.services.ratings import MAX_COMMENT
from cityhall.my_numbers import StaffTexts

SCORES = [(str(score), str(score)) for score in range(11)]


class FilesInput(forms.FileInput):
    """Several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files; the cleaned value is the list of them."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Each file on its own: an empty one is a mistake."""
        return [forms.FileField.clean(self, upload, initial) for upload in data or ()]


class MessageForm(forms.Form):
    """A message with files. `request_key` makes a message that is sent twice one message."""

    request_key = forms.CharField(max_length=40, widget=forms.HiddenInput)
    body = forms.CharField(
        label=_("メッセージ"),
        max_length=MAX_LENGTH,
        error_messages={"required": _("メッセージを入力してください。")},
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    attachments = FilesField(
        label=_("添付ファイル"),
        required=False,
        help_text=_("写真またはPDF。%(count)sつまで。エラーのときは、もう一度選んでください。") % {"count": MAX_FILES},
        widget=FilesInput(attrs={"multiple": True, "accept": "image/*,application/pdf"}),
    )


class StaffMessageForm(StaffTexts, MessageForm):
    """The same written by staff."""


class RatingForm(forms.Form):
    """0 to 10, and a comment if one likes. Nobody has to answer: what is asked for is asked for on sending only."""

    score = forms.ChoiceField(
        label=_("この手続は使いやすかったですか（0：まったく〜10：とても）"),
        choices=SCORES,
        required=False,
        widget=forms.RadioSelect,
    )
    comment = forms.CharField(
        label=_("ご意見"),
        required=False,
        max_length=MAX_COMMENT,
        help_text=_("お名前や連絡先など、個人がわかることは書かないでください。返信はできません。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_score(self) -> int:
        score: str = self.cleaned_data["score"]
        if not score:
            raise forms.ValidationError(
                _("0から10までの数を選んでください。回答しないときは、何も押す必要はありません。")
            )
        return int(score)
