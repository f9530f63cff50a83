"""Forms of certificates at the desk: who asks, how it is paid, why one is cancelled."""

from collections.abc import Collection, Mapping
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from applications.enums import PaymentMethod
from cityhall.errors import DomainError
from cityhall.marks import required_on_condition
from cityhall.my_numbers import StaffTexts
from counter.enums import Relation
from counter.errors import NotOfFamily
from counter.identity import DOCUMENTS, DocumentGroup
from counter.models import CertificateOrder, Visit
from counter.services.certificates import Paid, Requester, Waived
from counter.subjects import ADDRESS, BIRTH, Subject, with_superior
from residents.dates import parse_birth
from residents.fields import KanaField
from residents.models import Resident
from residents.queries import living_row_of

AT_THE_TILL = (PaymentMethod.CASH, PaymentMethod.CARD, PaymentMethod.E_MONEY, PaymentMethod.CODE)
"""How somebody pays who stands there."""
_ASKED = {BIRTH: "subject_birth", ADDRESS: "subject_address"}
_AUTHORITY = [document for document in DOCUMENTS if document.group == DocumentGroup.AUTHORITY]


class RequesterForm(StaffTexts, forms.Form):
    """Who asks for the certificates."""

    use_required_attribute = False

    relation = forms.ChoiceField(
        label=_("請求する方"),
        choices=Relation.choices,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": NotOfFamily.message},
    )
    proxy_name = required_on_condition(forms.CharField(label=_("代理人の氏名"), required=False, max_length=120))
    authority = required_on_condition(
        forms.MultipleChoiceField(
            label=_("確認した書類（代理人の権限）"),
            required=False,
            choices=[(document.key, document.name) for document in _AUTHORITY],
            widget=forms.CheckboxSelectMultiple,
        )
    )
    reason = required_on_condition(
        forms.CharField(
            label=_("請求の理由"),
            required=False,
            max_length=120,
            help_text=_("例：債権の回収のため（契約書を確認）。自分の権利や義務のために必要な理由をお聞きします。"),
        )
    )
    subject_name = required_on_condition(forms.CharField(label=_("対象の方の氏名"), required=False, max_length=120))
    subject_kana = KanaField(label=_("対象の方のフリガナ"), required=False, max_length=120)
    subject_birth = required_on_condition(
        forms.CharField(
            label=_("対象の方の生年月日"),
            required=False,
            max_length=40,
            help_text=_("例：昭和60年4月1日、S60.4.1"),
        )
    )
    subject_address = required_on_condition(forms.CharField(label=_("対象の方の住所"), required=False, max_length=200))
    subject = forms.CharField(
        label=_("ほかに分かること"), required=False, max_length=120, help_text=_("旧姓や前の住所など。")
    )
    subject_person = forms.CharField(required=False, max_length=22, widget=forms.HiddenInput)
    subject_search = forms.CharField(
        label=_("対象の方を登録からさがす"),
        required=False,
        max_length=100,
        help_text=_("住民番号、カナか漢字の氏名、生年月日。「ミドリノ S40.1.1」のように並べられます。"),
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    confirmed_for = forms.CharField(required=False, max_length=320, widget=forms.HiddenInput)
    confirmed_by = required_on_condition(forms.CharField(label=_("確認した上席の氏名"), required=False, max_length=60))

    def __init__(
        self, *args: Any, asks: Collection[str] = (), came: str = "", is_of_family: bool = False, **kwargs: Any
    ) -> None:
        """`asks`: what the chosen forms ask of a person besides the name (`subjects.asked_of_subjects`).

        `came`: whoever came, where staff found them, and whom the answers name; a superior's word counts for them.
        `is_of_family`: a 戸籍 certificate is asked for, to which spouses and relatives have a right of their own.
        """
        super().__init__(*args, **kwargs)
        if self.is_bound:
            data = cast("QueryDict", self.data).copy()
            for name, text in with_superior(self.data, came).items():
                data[name] = text
            self.data = data
        else:
            self.initial = {**self.initial, **with_superior(self.initial, came)}
        if not is_of_family:
            relations = [one for one in Relation.choices if one[0] != Relation.FAMILY]
            cast("forms.ChoiceField", self.fields["relation"]).choices = relations
        self.asks = frozenset(asks)
        for what, name in _ASKED.items():
            if what not in self.asks:
                del self.fields[name]
        self.person = self._person()
        if self.person is not None:
            for name in ("subject_name", "subject_kana"):
                self.fields[name].widget.attrs["readonly"] = True

    def _person(self) -> Resident | None:
        """Who was picked from the register; a row that was joined into another stands for that one."""
        public_id = str(self["subject_person"].value() or "")
        found = Resident.objects.select_related("merged_into").filter(public_id=public_id).first()
        return living_row_of(found) if found else None

    def clean_subject_birth(self) -> str:
        """In one way of writing, whatever it was typed in."""
        text = str(self.cleaned_data["subject_birth"] or "").strip()
        if not text:
            return ""
        try:
            return str(parse_birth(text))
        except DomainError as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        relation = data.get("relation")
        if relation == Relation.THIRD:
            self._need("reason", _("請求の理由を入力してください。"))
        is_some = any(data.get(name) for name in (*_ASKED.values(), "subject_kana", "subject"))
        if self.person is None and (relation == Relation.THIRD or (relation == Relation.PROXY and is_some)):
            self._need("subject_name", _("対象の方の氏名を入力してください。"))
            self._need_one()
        if relation == Relation.PROXY:
            self._need("proxy_name", _("代理人の氏名を入力してください。"))
        return data

    def _need_one(self) -> None:
        """The name alone tells nobody apart."""
        names = [name for what, name in _ASKED.items() if what in self.asks]
        if names and not any(name in self.errors or self.cleaned_data.get(name) for name in names):
            self.add_error(names[0], _("対象の方の生年月日か住所を入力するか、登録からさがして選んでください。"))

    @property
    def about(self) -> Subject:
        """Whose certificate it is, as far as it can be read."""
        if self.is_bound:
            data = self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
            said = {name: str(data.get(f"subject_{name}") or "") for name in ("name", "kana", "birth", "address")}
        else:
            said = {name: str(self.initial.get(f"subject_{name}") or "") for name in ("name", "kana", "address")}
            said["birth"] = _birth_in(str(self.initial.get("subject_birth") or ""))
        return Subject(**said, resident=self.person)

    @property
    def agent(self) -> str:
        """The name of a proxy, as it stands in the form."""
        is_proxy = self["relation"].value() == Relation.PROXY
        return str(self["proxy_name"].value() or "").strip() if is_proxy else ""

    @property
    def is_about_another(self) -> bool:
        return self["relation"].value() in (Relation.PROXY, Relation.THIRD)

    def _need(self, name: str, message: Any) -> None:
        if name not in self.errors and not str(self.cleaned_data.get(name) or "").strip():
            self.add_error(name, message)

    @property
    def as_it_stands(self) -> Requester:
        """What was kept so far, right or wrong."""
        said = {name: str(self.initial.get(name) or "") for name in ("reason", "subject", "proxy_name", "confirmed_by")}
        relation = self.initial.get("relation")
        return Requester(
            Relation(relation) if relation in Relation.values else Relation.SELF,
            about=self.about,
            authority=tuple(self.initial.get("authority") or ()),
            **said,
        )

    @property
    def requester(self) -> Requester:
        data = self.cleaned_data
        return Requester(
            Relation(data["relation"]),
            data["reason"],
            data["subject"],
            data["proxy_name"],
            tuple(data["authority"]),
            self.about,
            data["confirmed_by"],
        )


class SuperiorForm(StaffTexts, forms.Form):
    """Which superior was asked about somebody protected, on the page from which everything is read."""

    use_required_attribute = False

    confirmed_by = forms.CharField(
        label=_("確認した上席の氏名"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"form": "visit-questions"}),
    )

    @property
    def name(self) -> str:
        return str(self.cleaned_data.get("confirmed_by") or "") if self.is_valid() else ""


def _birth_in(text: str) -> str:
    """A birth date as it is typed, in one way of writing; "" for what is none yet."""
    try:
        return str(parse_birth(text)) if text else ""
    except DomainError:
        return ""


def said_of(visit: Visit, order: CertificateOrder, acting: Collection[str]) -> dict[str, Any]:
    """What the form begins with: as it was typed, or what was said before, and at the identification."""
    if order.typed:
        return dict(order.typed)
    is_acting = visit.companion in acting
    found = order.subject_resident
    about = ("subject_name", "subject_kana", "subject_birth", "subject_address", "confirmed_by")
    return {
        **{name: getattr(order, name) for name in about},
        "subject_person": found.public_id if found else "",
        "relation": Relation.PROXY if is_acting else order.relation,
        "proxy_name": visit.companion_name if is_acting else "",
        "authority": [one.key for one in _AUTHORITY if one.key in visit.documents],
        "reason": order.reason,
        "subject": order.subject,
    }


class TillForm(StaffTexts, forms.Form):
    """The fees of a visit are paid, or waived. The button says how: `exact` is cash to the yen."""

    EXACT, LATER = "exact", "later"

    use_required_attribute = False

    seen_total = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    request_key = forms.CharField(max_length=40, widget=forms.HiddenInput)
    tendered = required_on_condition(
        forms.IntegerField(
            label=_("お預かり（円）"),
            required=False,
            min_value=0,
            max_value=100_000_000,
            widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        )
    )
    waive = forms.MultipleChoiceField(label=_("免除する手数料"), required=False, widget=forms.CheckboxSelectMultiple)
    waive_reason = required_on_condition(
        forms.CharField(
            label=_("免除の理由"),
            required=False,
            max_length=200,
            help_text=_("根拠となる条例の条項などを入力してください。"),
        )
    )
    way = forms.ChoiceField(choices=[(EXACT, ""), (LATER, ""), *((one, one.label) for one in AT_THE_TILL)])

    def __init__(self, *args: Any, fees: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.MultipleChoiceField", self.fields["waive"]).choices = list(fees.items())

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("way") == PaymentMethod.CASH and "tendered" not in self.errors and data.get("tendered") is None:
            self.add_error("tendered", _("お預かりの金額を入力してください。"))
        if data.get("waive") and not data.get("waive_reason", "").strip():
            self.add_error("waive_reason", _("免除の理由を入力してください。"))
        return data

    @property
    def waived(self) -> Waived | None:
        data = self.cleaned_data
        return Waived(data["waive"], data["waive_reason"]) if data["waive"] else None

    @property
    def paid(self) -> Paid | None:
        """How it is paid; None when that comes later."""
        way = self.cleaned_data["way"]
        if way == self.LATER:
            return None
        if way == self.EXACT:
            return Paid(PaymentMethod.CASH)
        return Paid(PaymentMethod(way), self.cleaned_data["tendered"] if way == PaymentMethod.CASH else None)

    @property
    def till(self) -> dict[str, Any]:
        """What `services.certificates.receive` and `settle` are told."""
        said = {name: self.cleaned_data[name] for name in ("request_key", "seen_total")}
        return said | {"paid": self.paid, "waived": self.waived}


class CancelForm(StaffTexts, forms.Form):
    """A certificate is cancelled before it is handed over."""

    use_required_attribute = False

    reason = forms.CharField(
        label=_("取り消す理由"), max_length=200, error_messages={"required": _("取り消す理由を入力してください。")}
    )
