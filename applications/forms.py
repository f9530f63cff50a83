"""Forms of the case screens. They speak to people; the rules stand in `services.casework`."""

from collections.abc import Iterator, Sequence
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.answers import Row, Section
from applications.enums import ApplicationState, DecisionKind
from applications.models import Application, Procedure, RefusalReason
from applications.permissions import CaseAction
from applications.queries.scope import possible_handlers, scope_for
from applications.queries.worklist import GONE, LATE, ME, NOBODY, SOON, TODAY, WorkListFilter
from applications.services.casework import first_day
from cityhall.days import today
from cityhall.marks import required_on_condition
from cityhall.models import User
from cityhall.my_numbers import StaffTexts

REASON_LENGTH = 2000
COMMENT_LENGTH = 500

FILED_STATES = [choice for choice in ApplicationState.choices if choice[0] != ApplicationState.DRAFT]


def _long_text(label: Any, *, required: bool = True, help_text: Any = "", rows: int = 4) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        help_text=help_text,
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def _is_text(field: forms.Field) -> bool:
    return isinstance(field, forms.CharField) and not field.widget.is_hidden


_HANDLERS = [
    ("", _("すべて")),
    (ME, _("自分")),
    (NOBODY, _("未定")),
    (GONE, _("担当者がいなくなった")),
]


class WorkListForm(forms.Form):
    """The filters of the work list. What cannot be understood counts as not asked for."""

    text = forms.CharField(
        label=_("申請者名・受付番号"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    state = forms.ChoiceField(label=_("状態"), required=False, choices=[("", _("処理中すべて")), *FILED_STATES])
    procedure = forms.ModelChoiceField(
        label=_("手続"), required=False, queryset=Procedure.objects.none(), empty_label=_("すべて")
    )
    handler = forms.ChoiceField(label=_("担当者"), required=False)
    due = forms.ChoiceField(
        label=_("処理期限"),
        required=False,
        choices=[("", _("すべて")), (LATE, _("期限超過")), (TODAY, _("本日")), (SOON, _("あと3日以内"))],
    )
    unread = forms.BooleanField(label=_("未読あり"), required=False)

    def __init__(self, *args: Any, user: User, handlers: Sequence[User] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(person.pk), str(person)) for person in handlers if person.pk != user.pk]
        cast("forms.ChoiceField", self.fields["handler"]).choices = [*_HANDLERS, *people]
        choice = cast("forms.ModelChoiceField[Procedure]", self.fields["procedure"])
        visible = Procedure.objects.filter(scope_for(user).procedure_condition())
        choice.queryset = visible.without_surveys().only("name")

    def wanted(self) -> WorkListFilter:
        """The filter of what was understood."""
        self.is_valid()
        data = self.cleaned_data
        state, procedure = data.get("state"), data.get("procedure")
        return WorkListFilter(
            state=ApplicationState(state) if state else None,
            procedure_id=procedure.pk if procedure else None,
            handler=data.get("handler") or "",
            due=data.get("due") or "",
            unread=bool(data.get("unread")),
            text=data.get("text") or "",
        )

    def kept(self) -> dict[str, Any]:
        """What a saved filter keeps of it: the fields as they were understood, as an address has them."""
        self.is_valid()
        data = self.cleaned_data
        procedure = data.get("procedure")
        unread = "on" if data.get("unread") else ""
        return data | {"procedure": str(procedure.pk) if procedure else "", "unread": unread}


class StepForm(StaffTexts, forms.Form):
    """A step without words. `revision` is the case as the person saw it: a step from an old page is refused."""

    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    summary_title: Promise | str = ""
    """Over the summary of what is wrong, where that is not what somebody typed."""

    def typed_texts(self) -> list[tuple[str, str]]:
        """(label, text) of everything that was written in words. Call after `is_valid()`."""
        texts = [(field.label, self.cleaned_data[name]) for name, field in self.fields.items() if _is_text(field)]
        return [(str(label), text) for label, text in texts if text]

    def data_seen_at(self, revision: int, **shown: str) -> "QueryDict":
        """What was sent, as if from a page that shows the case at this revision, and `shown`."""
        data = cast("QueryDict", self.data).copy()
        data["revision"] = str(revision)
        for name, value in shown.items():
            data[name] = value
        return data


class SigningForm(StepForm):
    """A step that makes a letter. `seen` is the mark of the letter the person read; none before they read one."""

    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)


class DecisionForm(SigningForm):
    """Approve or refuse; also the proposal to an approver."""

    decision = forms.ChoiceField(label=_("決定"), choices=DecisionKind.choices, widget=forms.RadioSelect)
    reason = required_on_condition(
        _long_text(
            _("理由・決定の内容"),
            required=False,
            help_text=_("不承認のときは理由を、承認のときは認める内容を入力してください。通知書に記載されます。"),
        )
    )

    reason_example = forms.ChoiceField(label=_("不承認理由の文例"), required=False)

    def offer(self, reasons: Sequence[RefusalReason]) -> None:
        """The library to choose words from; without one there is nothing to choose."""
        choice = cast("forms.ChoiceField", self.fields["reason_example"])
        choice.choices = [("", _("選択してください")), *((row.public_id, row.title) for row in reasons)]
        if not reasons:
            del self.fields["reason_example"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("decision") == DecisionKind.REFUSE and not data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("不承認の理由を入力してください。"))
        return data


class ApprovalForm(SigningForm):
    """The approver agrees."""

    comment = _long_text(_("コメント"), required=False, rows=2)


class SendBackForm(StepForm):
    """The approver does not agree yet, or the proposer takes the proposal back."""

    comment = _long_text(_("差戻しの理由"), rows=3)


class HoldForm(StepForm):
    """The person was here, on a day."""

    held_on = forms.DateField(label=_("来庁・面接の日"))
    confirmed = forms.BooleanField(label=_("本人または代理人と会い、用件が終わったことを確認しました"))

    def __init__(self, *args: Any, case: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = {"type": "date", "min": first_day(case).isoformat(), "max": today().isoformat()}
        self.fields["held_on"].widget = forms.DateInput(format="%Y-%m-%d", attrs=days)
        self.fields["held_on"].initial = today


class UnholdForm(StepForm):
    """Nobody was here after all."""

    reason = _long_text(_("取り消す理由"), rows=3)


class ReopenForm(StepForm):
    """Back into review."""

    reason = _long_text(_("再開の理由"), rows=3)


class AssignForm(StepForm):
    """Another handler."""

    handler = forms.ModelChoiceField(
        label=_("新しい担当者"), queryset=User.objects.none(), empty_label=_("選択してください")
    )

    def __init__(self, *args: Any, case: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = cast("forms.ModelChoiceField[User]", self.fields["handler"])
        choice.queryset = possible_handlers(case)


class CorrectionForm(StepForm):
    """A comment at each question, and one on the whole."""

    def __init__(self, *args: Any, sections: list[Section], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sections = sections
        message = _long_text(_("全体へのコメント"), required=False, help_text=_("申請者に表示されます。"), rows=3)
        self.fields["message"] = required_on_condition(message)
        for section in sections:
            for row in self._asked(section):
                self.fields[self._name(row)] = forms.CharField(
                    label=row.label,
                    required=False,
                    max_length=COMMENT_LENGTH,
                    widget=forms.Textarea(attrs={"rows": 2}),
                )

    @staticmethod
    def _asked(section: Section) -> list[Row]:
        """What can be corrected; a sum follows from what it is made of."""
        return [row for row in section.rows if not row.is_given]

    @staticmethod
    def _name(row: Row) -> str:
        return f"comment-{row.key}"

    def blocks(self) -> Iterator[tuple[Section, list[tuple[Row, forms.BoundField]]]]:
        """The questions by page, each with its answer and the box for the comment."""
        for section in self._sections:
            yield section, [(row, self[self._name(row)]) for row in self._asked(section)]

    def comments(self) -> dict[str, str]:
        """Field key → comment, without blanks. Call after `is_valid()`."""
        rows = [row for section in self._sections for row in self._asked(section)]
        found = {row.key: self.cleaned_data[self._name(row)] for row in rows}
        return {key: text for key, text in found.items() if text}

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not data.get("message") and not self.comments():
            self.add_error(None, _("補正してほしい項目か、全体へのコメントを一つ以上入力してください。"))
        return data


STEP_FORMS: dict[CaseAction, type[StepForm]] = {
    CaseAction.TAKE: StepForm,
    CaseAction.ASSIGN: AssignForm,
    CaseAction.PROPOSE: DecisionForm,
    CaseAction.DECIDE: DecisionForm,
    CaseAction.APPROVE: ApprovalForm,
    CaseAction.SEND_BACK: SendBackForm,
    CaseAction.HOLD: HoldForm,
    CaseAction.UNHOLD: UnholdForm,
    CaseAction.COMPLETE: StepForm,
    CaseAction.REOPEN: ReopenForm,
}
