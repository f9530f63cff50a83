"""Forms of the steps of the staff. They speak to people; the rules stand in `services.reports`."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.enums import ReportState
from applications.forms import StepForm
from applications.models import Report, ReportKind, ReportPhoto
from applications.queries.reports import possible_handlers, same_kind_near
from applications.reports.words import distance
from cityhall.days import local_date, wareki
from cityhall.enums import FileState
from cityhall.marks import required_on_condition
from cityhall.models import User
from cityhall.references import format_number

TEXT_LENGTH = 2000
PUBLIC_LENGTH = 200
_S = ReportState
_OPEN = frozenset({_S.RECEIVED, _S.IN_PROGRESS})
STATES_FOR: dict[str, frozenset[ReportState]] = {
    "take": _OPEN,
    "start": frozenset({_S.RECEIVED}),
    "answer": frozenset(_S) - {_S.DUPLICATE},
    "done": _OPEN,
    "not_ours": _OPEN,
    "reopen": frozenset({_S.DONE, _S.NOT_OURS}),
    "merge": _OPEN,
    "unmerge": frozenset({_S.DUPLICATE}),
    "assign": _OPEN,
    "move": _OPEN,
    "note": frozenset(_S),
    "publish": frozenset(_S) - {_S.DUPLICATE},
}
"""The states in which the page offers a step; whether it may be taken is the service's."""


def _text(label: Any, *, help_text: Any = "", rows: int = 4) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, max_length=TEXT_LENGTH, widget=forms.Textarea(attrs={"rows": rows})
    )


class AnswerForm(StepForm):
    """Words that who reported reads."""

    text = _text(_("通報者への回答"), help_text=_("通報した人だけが読みます。個人名は書かないでください。"))


class DoneForm(StepForm):
    text = _text(_("通報者への回答"), help_text=_("例：アスファルトで補修しました。ご連絡ありがとうございました。"))


class NotOursForm(StepForm):
    text = _text(
        _("連絡先を含む回答"),
        help_text=_(
            "だれの管理か、どこに連絡すればよいかを書いてください。例：県道のため、県の土木事務所（電話番号）へ。"
        ),
    )


class ReasonForm(StepForm):
    reason = _text(_("再開する理由"), help_text=_("職員だけが読みます。"), rows=2)


class NoteForm(StepForm):
    text = _text(_("庁内のメモ"), help_text=_("職員だけが読みます。"), rows=3)


class MergeForm(StepForm):
    """One of the reports that may mean the same, or the number of another one."""

    original = required_on_condition(
        forms.ChoiceField(
            label=_("まとめる先の通報"),
            required=False,
            help_text=_("この通報の人にも、まとめる先の回答とお知らせが届きます。"),
            widget=forms.RadioSelect,
        )
    )
    number = required_on_condition(
        forms.CharField(
            label=_("まとめる先の受付番号"),
            required=False,
            max_length=40,
            help_text=_("一覧にないときに入力してください。"),
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        )
    )

    def __init__(self, *args: Any, report: Report, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = same_kind_near(user, report)
        if not offered:
            del self.fields["original"]
            self.fields["number"].help_text = _("この通報の人にも、まとめる先の回答とお知らせが届きます。")
            return
        choices = [(row.number, _offer(row, metres)) for row, metres in offered]
        cast("forms.ChoiceField", self.fields["original"]).choices = [*choices, ("", _("ほかの通報（番号を入力する）"))]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        data["number"] = data.get("original") or data.get("number", "")
        if not data["number"] and not self.errors:
            self.add_error("number", _("まとめる先の通報を選ぶか、受付番号を入力してください。"))
        return data


def _offer(report: Report, metres: int | None) -> str:
    """A report in one line: how far, since when, what."""
    parts = [
        format_number(report.number),
        gettext("約%(distance)s") % {"distance": distance(metres)} if metres is not None else "",
        wareki(local_date(report.received_at)),
        Truncator(report.body or report.place_note).chars(40),
    ]
    return "、".join(part for part in parts if part)


class AssignForm(StepForm):
    handler = forms.ModelChoiceField(label=_("担当者"), queryset=User.objects.none())

    def __init__(self, *args: Any, report: Report, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[User]", self.fields["handler"]).queryset = possible_handlers(report)


class KindChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A kind with the department it goes to."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}（{obj.department.name}）"


class MoveForm(StepForm):
    kind = KindChoice(
        label=_("種類と担当課"),
        queryset=ReportKind.objects.none(),
        help_text=_("ほかの課の種類にすると、この通報はその課に移ります。"),
    )

    def __init__(self, *args: Any, report: Report, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = ReportKind.objects.filter(is_active=True).exclude(pk=report.kind_id).select_related("department")
        cast("KindChoice", self.fields["kind"]).queryset = kinds


class PublishForm(StepForm):
    """What everybody reads. Photos only after somebody looked at them."""

    is_public = forms.BooleanField(label=_("公開の一覧に出す"), required=False)
    public_text = required_on_condition(
        forms.CharField(
            label=_("公開する説明"),
            required=False,
            max_length=PUBLIC_LENGTH,
            help_text=_("市のことばで書いてください。通報者の文章は公開されません。"),
            widget=forms.Textarea(attrs={"rows": 2}),
        )
    )
    photos = forms.MultipleChoiceField(label=_("公開する写真"), required=False, widget=forms.CheckboxSelectMultiple)
    has_looked = required_on_condition(
        forms.BooleanField(
            label=_("写真に、人の顔・車のナンバー・表札などが写っていないことを確かめました"), required=False
        )
    )

    def __init__(self, *args: Any, report: Report, photos: Sequence[ReportPhoto], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = [
            (photo.public_id, _("写真%(number)s") % {"number": number})
            for number, photo in enumerate(photos, start=1)
            if photo.file.state == FileState.CLEAN
        ]
        cast("forms.MultipleChoiceField", self.fields["photos"]).choices = shown
        if not shown:
            del self.fields["photos"], self.fields["has_looked"]
        self.initial = {
            **self.initial,
            "is_public": report.is_public,
            "public_text": report.public_text,
            "photos": [photo.public_id for photo in photos if photo.is_public],
        }

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("is_public") and not data.get("public_text") and "public_text" not in self.errors:
            self.add_error("public_text", _("公開するときは、公開する説明を入力してください。"))
        if data.get("is_public") and data.get("photos") and not data.get("has_looked"):
            self.add_error("has_looked", _("公開する写真を確かめて、チェックを付けてください。"))
        return data


STEP_FORMS: dict[str, type[StepForm]] = {
    **dict.fromkeys(("take", "start", "unmerge"), StepForm),
    "answer": AnswerForm,
    "done": DoneForm,
    "not_ours": NotOursForm,
    "reopen": ReasonForm,
    "merge": MergeForm,
    "assign": AssignForm,
    "move": MoveForm,
    "note": NoteForm,
    "publish": PublishForm,
}


def step_form(
    step: str, report: Report, *, user: User, photos: Sequence[ReportPhoto] = (), data: Any = None
) -> StepForm:
    """The form of a step that rests on the revision the person saw."""
    options: dict[str, Any] = {"initial": {"revision": report.revision}, "auto_id": f"{step}_%s"}
    if step in ("assign", "merge", "move", "publish"):
        options["report"] = report
    if step == "publish":
        options["photos"] = photos
    if step == "merge":
        options["user"] = user
    return STEP_FORMS[step](data, **options)
