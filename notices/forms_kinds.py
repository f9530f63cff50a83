"""Forms of the kinds of notices: the rules of one, its text with everything that goes along, and the list."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cityhall.models import Department, StoredFile, User
from cityhall.my_numbers import StaffTexts
from cityhall.queries.staff import scope_of
from notices.actions import grouped_choices
from notices.enums import Channel, Effect, NoticeCategory
from notices.forms_texts import PairsField, TextForm, area, initial_of, plain
from notices.models import NoticeType, NoticeTypeVersion
from notices.queries.kinds import text_departments
from notices.rules import CONSENT_TEXT_VERSION, MOST_HOURS, covers
from notices.samples import BLANK, HARD, USUAL_SAMPLE
from notices.texts import USUAL_NAMES

LANGUAGES = (
    ("en", gettext_lazy("英語")),
    ("zh-hans", gettext_lazy("中国語（簡体字）")),
    ("ko", gettext_lazy("韓国語")),
    ("vi", gettext_lazy("ベトナム語")),
    ("pt", gettext_lazy("ポルトガル語")),
    ("ne", gettext_lazy("ネパール語")),
)
"""Languages a text may be translated into, by the keys that browsers know."""
MOST_FILES = 10
LIMITS = {
    "hours_until_reminder": (1, MOST_HOURS),
    "hours_until_paper": (0, MOST_HOURS),
    "effect_days": (1, 366),
    "retention_years": (1, 99),
}
"""Least and most of the numbers in the rules; a year is the longest a clock runs."""
RESERVED_KEYS = frozenset({"new"})
"""Pages stand where these kinds would."""
_NO_ACTION = ("", gettext_lazy("ボタンを付けない"))


class KindFilterForm(forms.Form):
    """Narrows the list. What cannot be understood counts as not asked for."""

    text = forms.CharField(
        label=gettext_lazy("名称"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    category = forms.ChoiceField(
        label=gettext_lazy("区分"), required=False, choices=[("", gettext_lazy("すべて")), *NoticeCategory.choices]
    )
    active = forms.ChoiceField(
        label=gettext_lazy("使用"),
        required=False,
        choices=[("", gettext_lazy("すべて")), ("yes", gettext_lazy("使用中")), ("no", gettext_lazy("使用しない"))],
    )

    def wanted(self) -> dict[str, Any]:
        """What was understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class RulesForm(StaffTexts, forms.ModelForm):  # type: ignore[type-arg] # not subscriptable at run time
    """The rules of a kind. Its key is chosen once, when it is made."""

    alert_channels = forms.MultipleChoiceField(
        label=gettext_lazy("お知らせの経路"),
        choices=Channel,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "届いたことだけを知らせます。本人が選んだ受け取り方の中で使います。SMSは1通ごとに費用がかかります。"
        ),
    )

    class Meta:
        model = NoticeType
        fields = [
            "key",
            "name",
            "department",
            "category",
            "legal_basis",
            "inbox_category",
            "consent_required",
            "consent_text_version",
            "signature_mode",
            "needs_confirmation",
            "allows_reply",
            "alert_channels",
            "hours_until_reminder",
            "hours_until_paper",
            "effect",
            "effect_days",
            "retention_years",
            "is_active",
        ]
        help_texts = {
            "key": gettext_lazy("半角の英小文字・数字・ハイフン。あとから変えられません。例: shugaku-enjo-kettei"),
            "legal_basis": gettext_lazy("例: 学校教育法第19条。根拠の定めがないときは空欄にします。"),
            "consent_required": gettext_lazy(
                "法令で書面によるとされている通知は、電子で受け取ることに同意した方だけに電子で届けます。"
                "同意のない方には、初めから郵送します。"
            ),
            "consent_text_version": gettext_lazy("同意をもらうときの文章の版。例: 2026-04"),
            "needs_confirmation": gettext_lazy("開いた後に「内容を確認しました」を押してもらいます。"),
            "allows_reply": gettext_lazy("受け取った方が、通知の画面から市へ返信できます。"),
            "hours_until_paper": gettext_lazy(
                "未開封のまま過ぎると郵送します。空欄なら、開かれなくても郵送しません。例: 120（5日）"
            ),
            "effect": gettext_lazy(
                "到達をどう数えるかです。根拠の法令に合わせてください。通知と職員の画面に表示します。"
            ),
            "retention_years": gettext_lazy("過ぎると内容を消去します。記録と通知番号は残ります。"),
            "is_active": gettext_lazy("外すと、新しい一斉通知に選べなくなります。"),
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["key"]
        for name, (least, most) in LIMITS.items():
            _limit(self.fields[name], least, most)
        field = cast("forms.ModelChoiceField[Department]", self.fields["department"])
        field.queryset = Department.objects.filter(pk__in=[one.pk for one in text_departments(user)])
        if not scope_of(user).is_administrator:
            field.required = True
            field.empty_label = None

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"]
        if key in RESERVED_KEYS:
            raise forms.ValidationError(_("このキーは使えません。別のキーを入力してください。"), code="reserved")
        return key

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("effect") != Effect.DAYS_AFTER:
            data["effect_days"] = None
        elif data.get("effect_days") is None and "effect_days" not in self.errors:
            self.add_error("effect_days", _("効力が生じるまでの日数を入れてください。"))
        if not data.get("consent_required"):
            data["consent_text_version"] = ""
        elif not data.get("consent_text_version") and "consent_text_version" not in self.errors:
            self.add_error("consent_text_version", _("同意が必要な通知には同意文の版を入れてください。"))
        elif not covers(CONSENT_TEXT_VERSION, str(data.get("consent_text_version"))):
            self.add_error(
                "consent_text_version",
                _("同意のページの文章は%(version)s版です。それより新しい版は、まだ誰も同意できません。")
                % {"version": CONSENT_TEXT_VERSION},
            )
        reminder, paper = data.get("hours_until_reminder"), data.get("hours_until_paper")
        if reminder is not None and paper is not None and reminder >= paper:
            self.add_error("hours_until_reminder", _("再度のお知らせは、郵送に切り替えるより前の時間にしてください。"))
        return data


def _limit(field: forms.Field, least: int, most: int) -> None:
    """Bounds of a number, for the browser and for what is sent."""
    field.widget.attrs |= {"min": least, "max": most}
    field.validators += [
        MinValueValidator(least, _("%(limit_value)s以上の数を入力してください。")),
        MaxValueValidator(most, _("%(limit_value)s以下の数を入力してください。")),
    ]


class SeveralFiles(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[Any]]":
        files = data if isinstance(data, list | tuple) else [data] if data else []
        return [cast("UploadedFile[Any]", super(FilesField, self).clean(file, initial)) for file in files]


class KindTextForm(TextForm):
    """Everything a version has: words, sample values, button, translations, files."""

    sample = PairsField(
        label=gettext_lazy("差込項目と見本の値"),
        required=False,
        max_length=5_000,
        widget=area(8),
        help_text=gettext_lazy(
            "1行に一つ、「項目名：見本の値」の形で入力してください。ここにある項目を、文章の中で((項目名))と書けます。"
            "一斉通知では、名簿の同じ名前の列から値が入ります。値の中の改行は ↵ と書きます。"
        ),
    )
    action = forms.ChoiceField(label=gettext_lazy("ボタンの行き先"), required=False)
    action_label = forms.CharField(
        label=gettext_lazy("ボタンの文字"), required=False, max_length=60, help_text=gettext_lazy("例: 申請に進む")
    )
    action_values = PairsField(
        label=gettext_lazy("ボタンで引き継ぐ値"),
        required=False,
        max_length=2_000,
        widget=area(3),
        help_text=gettext_lazy(
            "1行に一つ、「質問のキー：値」の形で入力してください。様式の「リンクから受け取る値」に入ります。"
            "例: invitation：((案内状番号))"
        ),
    )
    keeps = forms.MultipleChoiceField(
        label=gettext_lazy("これまでの添付（外したものは付けません）"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    uploads = FilesField(
        label=gettext_lazy("添付を加える"),
        required=False,
        help_text=gettext_lazy(
            "すべての人に同じものを添えます。写真またはPDF。試しに表示したときは、もう一度選んでください。"
        ),
        widget=SeveralFiles(attrs={"accept": "image/*,application/pdf"}),
    )
    values = forms.ChoiceField(
        label=gettext_lazy("試しに差し込む値"),
        required=False,
        choices=[
            (USUAL_SAMPLE, gettext_lazy("見本の値")),
            (HARD, gettext_lazy("長い氏名・特殊な文字・3行の建物名")),
            (BLANK, gettext_lazy("空欄")),
        ],
        initial=USUAL_SAMPLE,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, newest: NoticeTypeVersion | None, **kwargs: Any) -> None:
        super().__init__(*args, initial=_initial(newest), **kwargs)
        self._enclosed: list[StoredFile] = [one.file for one in newest.files.select_related("file")] if newest else []
        if self._enclosed:
            choices = [(str(file.pk), file.name) for file in self._enclosed]
            cast("forms.MultipleChoiceField", self.fields["keeps"]).choices = choices
        else:
            del self.fields["keeps"]
        cast("forms.ChoiceField", self.fields["action"]).choices = [_NO_ACTION, *_actions(newest)]
        for language, name in LANGUAGES:
            self._ask_translation(language, str(name))

    def _ask_translation(self, language: str, name: str) -> None:
        labels = {"title": _("表題"), "body": _("本文"), "appeal_text": _("教示")}
        most = {"title": 200, "body": 20_000, "appeal_text": 10_000}
        for part, label in labels.items():
            widget: forms.Widget = forms.TextInput() if part == "title" else area(10 if part == "body" else 4)
            widget.attrs["lang"] = language
            text = _("%(label)s（%(language)s）") % {"label": label, "language": name}
            self.fields[f"{language}_{part}"] = forms.CharField(
                label=text, required=False, max_length=most[part], widget=widget
            )

    def languages(self) -> Iterator[dict[str, Any]]:
        """The fields of each translation, and whether there is anything in them."""
        for language, name in LANGUAGES:
            parts = [self[f"{language}_{part}"] for part in ("title", "body", "appeal_text")]
            yield {"name": name, "parts": parts, "is_open": any(part.value() or part.errors for part in parts)}

    def checked_fields(self) -> tuple[str, ...]:
        if "sample" in self.errors:
            # nobody knows which names there are
            return ()
        translated = (
            f"{language}_{part}" for language, _name in LANGUAGES for part in ("title", "body", "appeal_text")
        )
        return (*super().checked_fields(), "action_values", *translated)

    def known_names(self, data: Mapping[str, Any]) -> Collection[str]:
        return USUAL_NAMES | (data.get("sample") or {}).keys()

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for language, name in LANGUAGES:
            title, body = data.get(f"{language}_title"), data.get(f"{language}_body")
            if bool(title) != bool(body) and not (self[f"{language}_title"].errors or self[f"{language}_body"].errors):
                missing = f"{language}_body" if title else f"{language}_title"
                self.add_error(missing, _("%(language)sの表題と本文を、両方入力してください。") % {"language": name})
        if data.get("action") and not data.get("action_label"):
            self.add_error("action_label", _("ボタンの文字を入力してください。"))
        if len(self.files_kept()) + len(data.get("uploads") or []) > MOST_FILES:
            self.add_error("uploads", _("添付は%(most)s個までにしてください。") % {"most": MOST_FILES})
        return data

    def files_kept(self) -> list[StoredFile]:
        """Files of the newest text that stay."""
        kept = set(self.cleaned_data.get("keeps") or [])
        return [file for file in self._enclosed if str(file.pk) in kept]

    def texts(self) -> dict[str, Any]:
        data = self.cleaned_data
        kind, _separator, target = data["action"].partition(":")
        return super().texts() | {
            "sample": data["sample"],
            "action_kind": kind,
            "action_target": target,
            "action_label": data["action_label"] if kind else "",
            "action_values": data["action_values"] if kind else {},
            "translations": {
                language: texts for language, _name in LANGUAGES if (texts := self._translation(language))
            },
        }

    def _translation(self, language: str) -> dict[str, str]:
        parts = {part: plain(self.cleaned_data[f"{language}_{part}"]) for part in ("title", "body", "appeal_text")}
        return {part: text for part, text in parts.items() if text}


def _initial(newest: NoticeTypeVersion | None) -> dict[str, Any]:
    if newest is None:
        return initial_of(None)
    translated = {
        f"{language}_{part}": text for language, texts in newest.translations.items() for part, text in texts.items()
    }
    return (
        initial_of(newest)
        | translated
        | {
            "sample": newest.sample,
            "action": f"{newest.action_kind}:{newest.action_target}" if newest.action_kind else "",
            "action_label": newest.action_label,
            "action_values": newest.action_values,
            "keeps": [str(pk) for pk in newest.files.values_list("file_id", flat=True)],
        }
    )


def _actions(newest: NoticeTypeVersion | None) -> list[tuple[str, list[tuple[str, str]]]]:
    """What can be chosen, and what is chosen although it cannot be chosen any more."""
    groups = grouped_choices()
    if newest is None or not newest.action_kind:
        return groups
    chosen = f"{newest.action_kind}:{newest.action_target}"
    if any(chosen == value for _name, choices in groups for value, _label in choices):
        return groups
    label = _("%(target)s（今は受け付けていません）") % {"target": newest.action_target}
    return [*groups, (_("いまの行き先"), [(chosen, label)])]
