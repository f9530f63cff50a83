"""Forms of the desk: a code, a search, who came with which papers, why a procedure comes or goes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from django import forms
from django.forms.boundfield import BoundWidget
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.models import Procedure
from cityhall.marks import required_on_condition
from cityhall.my_numbers import StaffTexts
from counter import identity
from counter.enums import Companion
from reservations.models import Place
from residents.models import Mandate, Resident

NOBODY: Final = "none"
"""Who the city has no record of."""


class CodeForm(forms.Form):
    """What a scanner typed, the camera read, or the person said."""

    use_required_attribute = False

    code = forms.CharField(
        label=_("事前入力のQRコード、または10桁の数字"),
        max_length=200,
        help_text=_("カーソルがここにあるときは、読み取り機をかざすだけで入力されます。"),
        error_messages={"required": _("QRコードを読み取るか、10桁の数字を入力してください。")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class PlaceForm(forms.Form):
    """Where the visit takes place; asked only where somebody serves at several places."""

    place = forms.ChoiceField(label=_("場所"))

    def __init__(self, *args: Any, places: Sequence[Place], label: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if label:
            self.fields["place"].label = label
        self.places = {place.key: place for place in places}
        cast("forms.ChoiceField", self.fields["place"]).choices = [(key, one.name) for key, one in self.places.items()]

    @property
    def chosen(self) -> Place | None:
        """The place that was chosen, or the first."""
        key = self.cleaned_data.get("place", "") if self.is_bound and self.is_valid() else self.initial.get("place", "")
        return self.places.get(key) or next(iter(self.places.values()), None)


class SearchForm(forms.Form):
    """Whom to look for."""

    use_required_attribute = False

    text = forms.CharField(
        label=_("住民・予約をさがす"),
        max_length=100,
        help_text=_(
            "住民番号、カナか漢字の氏名、生年月日、電話番号、予約番号。「タカハシ S60.4.1」のように並べられます。"
        ),
        error_messages={"required": _("住民番号、氏名、生年月日などを入力してください。")},
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )


@dataclass(frozen=True)
class Boxes:
    """Documents that stand together on the page."""

    label: str | Promise
    boxes: list[BoundWidget]

    @property
    def is_used(self) -> bool:
        return any(box.data["selected"] for box in self.boxes)


class _Named:
    """A procedure and whose it is, as a box to tick shows them."""

    def __init__(self, procedure: Procedure) -> None:
        self.procedure = procedure

    def __str__(self) -> str:
        name, department = self.procedure.name, self.procedure.department.name
        return format_html('{}<br><span class="note">{}</span>', name, department)

    def __html__(self) -> str:
        return str(self)


class AddForm(StaffTexts, forms.Form):
    """Procedures that staff add themselves, of those that were found, and why."""

    use_required_attribute = False

    q = forms.CharField(required=False, widget=forms.HiddenInput)
    procedure = forms.MultipleChoiceField(
        label=_("追加する手続"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("追加する手続を選んでください。"),
            "invalid_choice": _("選んだ手続は、今はこの窓口で受け付けられません。もう一度さがして選んでください。"),
        },
    )
    reason = forms.CharField(
        label=_("追加する理由"),
        max_length=200,
        error_messages={"required": _("手続を追加する理由を入力してください。")},
        widget=forms.TextInput(attrs={"list": "add-reasons", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, found: Sequence[Procedure], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found = {one.key: one for one in found}
        choices = [(key, _Named(one)) for key, one in self.found.items()]
        cast("forms.MultipleChoiceField", self.fields["procedure"]).choices = choices

    def leave_out(self, keys: Iterable[str]) -> None:
        """What the visit is for already is not offered again."""
        gone = set(keys)
        self.found = {key: one for key, one in self.found.items() if key not in gone}
        field = cast("forms.MultipleChoiceField", self.fields["procedure"])
        field.choices = [(key, _Named(one)) for key, one in self.found.items()]

    @property
    def chosen(self) -> list[Procedure]:
        """What was ticked, once the form is valid."""
        return [self.found[key] for key in self.cleaned_data["procedure"]]


class DropForm(StaffTexts, forms.Form):
    """Why a procedure is taken out."""

    use_required_attribute = False

    reason = forms.CharField(
        label=_("外す理由"),
        max_length=200,
        error_messages={"required": _("手続を外す理由を入力してください。")},
        widget=forms.TextInput(attrs={"list": "drop-reasons", "autocomplete": "off"}),
    )


def _names_of_procedures(mandates: Iterable[Mandate]) -> dict[str, str]:
    """Of the procedures that mandates are for, where they are for some only; by key."""
    keys = {key for one in mandates for key in one.procedure_keys}
    return dict(Procedure.objects.filter(key__in=keys).values_list("key", "name")) if keys else {}


def _mandate_label(mandate: Mandate, named: Mapping[str, str]) -> str:
    label = f"{mandate.agent.full_name}（{mandate.evidence}）"
    if not mandate.procedure_keys:
        return label
    names = "、".join(named.get(key, key) for key in mandate.procedure_keys)
    return gettext("%(label)s 対象: %(names)s") % {"label": label, "names": names}


class IdentifyForm(StaffTexts, forms.Form):
    """Who came, by which documents, and with whom."""

    use_required_attribute = False

    text = forms.CharField(
        label=_("住民をさがす"),
        required=False,
        max_length=100,
        help_text=_("住民番号、カナか漢字の氏名、生年月日、電話番号。「タカハシ S60.4.1」のように並べられます。"),
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    who = forms.ChoiceField(
        label=_("どなたの手続か"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("どなたの手続かを選んでください。市に登録のない方は「登録がない方」を選びます。"),
            "invalid_choice": _("選んだ方が、検索の結果にありません。もう一度さがして選んでください。"),
        },
    )
    judged = required_on_condition(forms.BooleanField(label=_("違いを確かめ、ご本人と判断しました"), required=False))
    documents = forms.MultipleChoiceField(
        label=_("確認した書類"),
        choices=[
            (group.label, [(document.key, document.name) for document in documents])
            for group, documents in identity.by_group()
        ],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("番号は控えません。見せていただいたものを選びます。"),
        error_messages={"required": _("確認した書類を選んでください。書類がないときは、質問による確認を選びます。")},
    )
    companion = forms.ChoiceField(
        label=_("もう一人の方"), choices=Companion.choices, widget=forms.RadioSelect, required=False
    )
    companion_name = required_on_condition(
        forms.CharField(label=_("もう一人の方の氏名"), required=False, max_length=120)
    )
    mandate = forms.ChoiceField(label=_("登録済みの代理権"), widget=forms.RadioSelect, required=False)

    def __init__(
        self, *args: Any, people: Sequence[Resident] = (), mandates: Sequence[Mandate] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.people = {one.public_id: one for one in people}
        self.mandates = {one.public_id: one for one in mandates}
        who = [*((key, one.full_name) for key, one in self.people.items())]
        cast("forms.ChoiceField", self.fields["who"]).choices = [*who, (NOBODY, _("登録がない方"))]
        named = _names_of_procedures(mandates)
        given = [(key, _mandate_label(one, named)) for key, one in self.mandates.items()]
        if given:
            none = ("", _("使わない（書類で確かめる）"))
            cast("forms.ChoiceField", self.fields["mandate"]).choices = [none, *given]
        else:
            del self.fields["mandate"]

    @property
    def resident(self) -> Resident | None:
        return self.people.get(self.cleaned_data.get("who", ""))

    def boxes_of(self, group: identity.DocumentGroup) -> Boxes:
        """The documents of one group."""
        boxes = [box for box in self["documents"] if identity.BY_KEY[box.data["value"]].group == group]
        return Boxes(group.label, boxes)

    @property
    def with_photo(self) -> Boxes:
        """What nearly everybody shows: one is enough."""
        return self.boxes_of(identity.DocumentGroup.PHOTO)

    @property
    def without_photo(self) -> list[Boxes]:
        """What is asked for where nobody has one with a photograph."""
        groups = identity.DocumentGroup
        return [self.boxes_of(group) for group in (groups.OFFICIAL, groups.OTHER, groups.QUESTIONS)]

    @property
    def is_without_photo(self) -> bool:
        """Whether one of those was chosen, or what was chosen is not enough."""
        return "documents" in self.errors or any(one.is_used for one in self.without_photo)

    @property
    def authority(self) -> Boxes:
        """What whoever acts for another shows."""
        return self.boxes_of(identity.DocumentGroup.AUTHORITY)

    @property
    def has_companion(self) -> bool:
        """Whether anything was said of a second person."""
        names = ("companion", "companion_name", "mandate")
        told = [self[name] for name in names if name in self.fields]
        return self.authority.is_used or any(one.value() or one.errors for one in told)

    @property
    def chosen_mandate(self) -> Mandate | None:
        return self.mandates.get(self.cleaned_data.get("mandate") or "")
