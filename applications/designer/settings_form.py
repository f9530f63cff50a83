"""The settings of a procedure: everything but its questions, its key and its department."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.definition import form_of
from applications.enums import ApplicantKind, Channel, ProcedureMode, ProcedureState
from applications.fees import fee_problems
from applications.models import LifeEvent, Procedure
from cityhall.my_numbers import StaffTexts

if TYPE_CHECKING:
    # takes a parameter in the stubs only
    ProcedureModelForm = forms.ModelForm[Procedure]
else:
    ProcedureModelForm = forms.ModelForm

SECTIONS: list[tuple[Any, tuple[str, ...]]] = [
    (
        _("住民に見せる文章"),
        (
            "name",
            "name_kana",
            "summary",
            "description",
            "eligibility",
            "deadline",
            "required_papers",
            "fee",
            "standard_days",
            "legal_basis",
            "keywords",
            "life_events",
        ),
    ),
    (
        _("申請のしかた"),
        (
            "mode",
            "visit_service",
            "channels",
            "applicant_kinds",
            "identity_level",
            "allows_guests",
            "my_number_at_desk",
            "issued_at_once",
            "needs_paper_form",
            "once_per_applicant",
            "once_ever",
        ),
    ),
    (_("手数料の計算"), ("fees", "fee_due")),
    (_("受付期間と定員"), ("opens_at", "closes_at", "capacity", "has_waiting_list")),
    (
        _("審査と結果"),
        ("needs_approval", "result_kind", "approval_notice_type", "refusal_notice_type", "retention_years", "position"),
    ),
]
COLUMNS = tuple(name for _title, names in SECTIONS for name in names if name != "life_events")
_MOMENT = "%Y-%m-%dT%H:%M"


class LinesField(forms.CharField):
    """A list of texts, one a line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 4}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        return [line.strip() for line in str(super().clean(value)).splitlines() if line.strip()]


def _moment(label: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MOMENT)
    return forms.DateTimeField(label=label, required=False, input_formats=[_MOMENT, "%Y-%m-%dT%H:%M:%S"], widget=widget)


class SettingsForm(StaffTexts, ProcedureModelForm):
    """One long form in four parts; every setting says what it does."""

    required_papers = LinesField(
        label=_("必要なもの"),
        required=False,
        help_text=_("1行に一つずつ入力してください。いらない手続では「なし」と入力してください。"),
    )
    keywords = LinesField(
        label=_("検索のことば"),
        required=False,
        help_text=_("住民が使うことばで、名称と概要にないものを1行に一つずつ入力してください。"),
    )
    channels = forms.MultipleChoiceField(label=_("受付の方法"), choices=Channel, widget=forms.CheckboxSelectMultiple)
    applicant_kinds = forms.MultipleChoiceField(
        label=_("申請できる人"), choices=ApplicantKind, widget=forms.CheckboxSelectMultiple
    )
    life_events = forms.ModelMultipleChoiceField(
        label=_("ライフイベント"),
        required=False,
        queryset=LifeEvent.objects.all(),
        widget=forms.CheckboxSelectMultiple,
    )
    fees = forms.JSONField(
        label=_("手数料の計算"),
        required=False,
        initial=list,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=_(
            "申請の内容から手数料を計算する式です。書き方は docs/fees.md にあります。"
            "計算しない手続では [] のままにします。"
            '例: [{"key": "copies", "label": "交付手数料", "amount": {"times": [{"answer": "copies"}, 300]}}]'
        ),
    )
    opens_at = _moment(_("受付開始"))
    closes_at = _moment(_("受付終了"))

    class Meta:
        model = Procedure
        fields = [*COLUMNS, "life_events"]
        widgets = {
            "description": forms.Textarea(attrs={"rows": 6}),
            "eligibility": forms.Textarea(attrs={"rows": 4}),
            "mode": forms.RadioSelect,
            "fee_due": forms.RadioSelect,
        }
        help_texts = {
            "description": _("空行で段落、行の先頭の「- 」で箇条書き、**二つの星印**で太字になります。"),
            "eligibility": _("空行で段落、行の先頭の「- 」で箇条書きになります。"),
            "name_kana": _("ひらがなで、空白を入れずに入力してください。五十音の一覧に使います。"),
            "fee": _("例: 無料、1通につき300円。空欄のあいだは、住民のページとポスターに手数料を載せません。"),
            "fee_due": _("それまでに収納か免除を記録しないと、承認または完了ができません。不承認にはできます。"),
            "standard_days": _("結果が出るまでの日数を、開庁日で数えます。空欄のあいだは、住民のページに載せません。"),
            "needs_approval": _(
                "選ぶと、担当者の起案を決裁者が決裁して初めて、結果の通知が出ます。"
                "選ばないと、担当者が一人で決定し、その場で通知が出ます。"
                "結果の通知（処分の通知書）が出る手続では、選んでおくことをお勧めします。新しい手続では選んであります。"
            ),
            "allows_guests": _("受付番号と、メールで届く合言葉で、申請の状況を確かめられます。"),
            "visit_service": _("選ぶと、手続のページと送信後のページから、この業務の来庁予約へ進めます。"),
            "once_per_applicant": _("審査中の申請がある人は、次の申請ができません。"),
            "once_ever": _("一度申請した人は、二度と申請できません。催し・給付金・募集などに使います。"),
            "capacity": _("空欄のときは定員なしです。先着順で受け付けます。"),
            "has_waiting_list": _("定員に達した後も申し込め、空きが出たときに先着順で繰り上がります。"),
            "my_number_at_desk": _("様式では個人番号を聞かず、窓口で確認することを案内します。"),
            "issued_at_once": _("住民票の写しなど、その場で発行する証明書です。窓口の「証明書」の画面に並びます。"),
            "needs_paper_form": _(
                "住民異動届など、法令や条例で書面が必要な手続です。窓口で受け付けたときに、この手続の様式を印刷します。"
                "選ばない手続の様式は、求められたときだけ印刷します。"
            ),
            "position": _("小さい数の手続から順に表示します。"),
        }

    def __init__(self, *args: Any, fixed: Collection[str] = (), **kwargs: Any) -> None:
        """`fixed` names settings that the person may see and not change: what is sent for them is not read."""
        super().__init__(*args, **kwargs)
        self.fields["fee_due"].required = False
        for name in fixed:
            self.fields[name].disabled = True

    def clean_channels(self) -> list[str]:
        chosen = set(self.cleaned_data["channels"])
        return [channel for channel in Channel.values if channel in chosen]

    def clean_fees(self) -> list[Any]:
        if self.add_prefix("fees") not in self.data:
            # a page from before there were rules
            return cast("list[Any]", self.instance.fees)
        rules = self.cleaned_data["fees"] or []
        version = self.instance.current_version
        problems = fee_problems(rules, form_of(version) if version else None)
        if problems:
            raise forms.ValidationError([f"{problem.where}: {problem.message}" for problem in problems])
        return cast("list[Any]", rules)

    def clean_fee_due(self) -> str:
        return self.cleaned_data["fee_due"] or self.instance.fee_due

    def clean_capacity(self) -> int | None:
        capacity = cast("int | None", self.cleaned_data["capacity"])
        if capacity is not None and capacity < self.instance.taken_seats:
            raise forms.ValidationError(
                _("受付済みの人数（%(taken)s人）より少なくできません。") % {"taken": self.instance.taken_seats}
            )
        return capacity

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        is_guide = data.get("mode") == ProcedureMode.GUIDE_ONLY
        if "channels" in data and is_guide == (Channel.ONLINE in data["channels"]):
            self.add_error(
                "channels",
                _("案内のみの手続では「オンライン」を外してください。")
                if is_guide
                else _("「オンライン」は外せません。受付をやめるときは、手続の画面で受付を止めてください。"),
            )
        opens, closes = data.get("opens_at"), data.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("受付終了は受付開始より後にしてください。"))
        if self._would_be_open_without_form(is_guide=is_guide):
            self.add_error("mode", _("公開中で様式がない手続は、「案内のみ」のほかにできません。"))
        return data

    def _would_be_open_without_form(self, *, is_guide: bool) -> bool:
        row = self.instance
        return not is_guide and row.state == ProcedureState.PUBLISHED and row.current_version_id is None

    def parts(self) -> list[tuple[Any, list[forms.BoundField], list[tuple[Any, Any, Any]]]]:
        """The parts: title, fields, and the settings that are shown as text, each with what it does."""
        return [
            (
                title,
                [self[name] for name in names if not self.fields[name].disabled],
                [
                    (self.fields[name].label, self._text_of(name), self.fields[name].help_text)
                    for name in names
                    if self.fields[name].disabled
                ],
            )
            for title, names in SECTIONS
        ]

    def _text_of(self, name: str) -> Any:
        value = self[name].value()
        if isinstance(value, bool):
            return _("はい") if value else _("いいえ")
        return dict(getattr(self.fields[name], "choices", ())).get(value, value)

    def values(self) -> dict[str, Any]:
        """The columns with their new values. Call after `is_valid()`."""
        return {name: self.cleaned_data[name] for name in COLUMNS}
