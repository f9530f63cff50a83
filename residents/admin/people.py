"""Residents and households. What the register rules is read-only here; protected addresses need a right."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cityhall.admin import BaseAdmin
from cityhall.errors import DomainError
from cityhall.models import User
from residents.dates import PartialDate
from residents.enums import ExternalIdKind, ResidentSource
from residents.models import Consent, ExternalId, Household, IdentityProof, Resident
from residents.permissions import MERGE
from residents.phones import format_phone
from residents.queries import is_protected, residents_matching, visible_address
from residents.services import merge_residents

if TYPE_CHECKING:
    # takes parameters in the stubs only
    AnyInline = admin.TabularInline[Any, Any]
else:
    AnyInline = admin.TabularInline

_EDITABLE: Final = ("contact_email", "language", "protected_until")


class LifeFilter(admin.SimpleListFilter):
    """Living here, moved away, dead, merged, protected."""

    title = gettext_lazy("異動")
    parameter_name = "life"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("here", gettext_lazy("在住")),
            ("moved", gettext_lazy("転出")),
            ("died", gettext_lazy("死亡")),
            ("merged", gettext_lazy("統合済み")),
            ("protected", gettext_lazy("支援措置あり")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        conditions: dict[str, dict[str, Any]] = {
            "here": {"died_on": None, "moved_out_on": None, "merged_into": None},
            "moved": {"moved_out_on__isnull": False},
            "died": {"died_on__isnull": False},
            "merged": {"merged_into__isnull": False},
            "protected": {"protected_until__isnull": False},
        }
        return queryset.filter(**conditions.get(self.value() or "", {}))


class ReadOnlyInline(AnyInline):
    """Rows that hang on a resident, to look at."""

    extra = 0
    can_delete = False
    show_change_link = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ExternalIdInline(ReadOnlyInline):
    model = ExternalId
    fields = ["kind", "value"]


class IdentityProofInline(ReadOnlyInline):
    model = IdentityProof
    fields = ["level", "provider", "proven_at"]


class ConsentInline(ReadOnlyInline):
    model = Consent
    fields = ["kind", "text_version", "is_given", "at"]


@admin.register(Resident)
class ResidentAdmin(BaseAdmin):
    """A person, found by what `residents_matching` finds: name, reading, number, telephone, birth date."""

    list_filter = [LifeFilter, "source", "sex"]
    search_fields = ["search_name"]
    search_help_text = gettext_lazy("氏名・フリガナ（前方一致）、生年月日、宛名番号、電話番号で検索できます。")
    ordering = ["search_kana", "id"]
    list_select_related = ["household"]
    inlines = [ExternalIdInline, IdentityProofInline, ConsentInline]
    actions = ["merge_two"]

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return ["full_name", "full_kana", "birth_date", "sex", _address_shown_to(request), "household", "source"]

    def get_fields(self, request: HttpRequest, obj: Resident | None = None) -> list[Any]:
        return [
            "full_name", "full_kana", "birth_shown", "sex", "source",
            _address_shown_to(request), "household", "relationship", "moved_in_on", "moved_out_on", "died_on",
            "phone_shown", *_EDITABLE, "register_as_of", "merged_into", "created_at", "updated_at",
        ]  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Resident | None = None) -> list[Any]:
        return [field for field in self.get_fields(request, obj) if field not in _EDITABLE]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Resident], search_term: str
    ) -> tuple[QuerySet[Resident], bool]:
        """The one search of residents, so that a clerk finds here what the counter finds."""
        if not search_term:
            return queryset, False
        return queryset & residents_matching(search_term), False

    choice_prefetch = ("external_ids",)

    def choice_label(self, obj: Resident) -> str:
        return person_label(obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """People come from the register or register themselves."""
        return False

    def has_merge_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(MERGE))

    @admin.display(description=gettext_lazy("電話番号"))
    def phone_shown(self, resident: Resident) -> str:
        return resident.phone_entered or format_phone(resident.phone)

    @admin.display(description=gettext_lazy("生年月日"))
    def birth_shown(self, resident: Resident) -> str:
        return _birth_of(resident)

    @admin.action(description=gettext_lazy("選んだ2人を1人に統合する"), permissions=["merge"])
    def merge_two(self, request: HttpRequest, queryset: QuerySet[Resident]) -> None:
        """The row of the register stays (of two alike the older one); the other points at it."""
        rows = sorted(queryset[:3], key=lambda row: (row.source != ResidentSource.REGISTER, row.pk))
        if len(rows) != 2 or not isinstance(request.user, User):
            self.message_user(request, _("統合する人を2人選んでください。"), messages.ERROR)
            return
        try:
            kept = merge_residents(source=rows[1], target=rows[0], by=request.user)
        except DomainError as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.message_user(request, _("%(name)sさんの登録に統合しました。") % {"name": kept}, messages.SUCCESS)


def name_and_birth(resident: Resident) -> str:
    """Enough to tell two people apart in a list."""
    return _("%(name)s（%(birth)s生）") % {"name": resident.full_name, "birth": _birth_of(resident)}


def person_label(resident: Resident) -> str:
    """Enough to be sure of a person among others of the same name. No address: some are protected."""
    numbers = [one.value for one in resident.external_ids.all() if one.kind == ExternalIdKind.RESIDENT_NUMBER]
    return _("%(name)s（%(kana)s）%(birth)s生 %(number)s") % {
        "name": resident.full_name,
        "kana": resident.full_kana,
        "birth": _birth_of(resident),
        "number": _("宛名番号 %(number)s") % {"number": numbers[0]} if numbers else _("台帳にない登録"),
    }


def _birth_of(resident: Resident) -> str:
    return str(PartialDate(resident.birth_year, resident.birth_month, resident.birth_day))


@admin.register(Household)
class HouseholdAdmin(BaseAdmin):
    """A household with its people; addresses are on the pages of the people."""

    list_display = ["number"]
    search_fields = ["number__startswith"]
    fields = ["number", "people"]
    readonly_fields: ClassVar[list[str]] = ["number", "people"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=gettext_lazy("世帯員"))
    def people(self, household: Household) -> str:
        members = household.members.filter(merged_into=None).order_by("birth_date", "id")
        return "、".join(f"{member.full_name}（{member.relationship}）" for member in members)


def _address_shown_to(request: HttpRequest) -> Callable[[Resident], str]:
    """A column with the address as this user may see it. One function a request: the admin compares columns."""
    known: Callable[[Resident], str] | None = getattr(request, "_address_shown", None)
    if known is not None:
        return known
    user = request.user if isinstance(request.user, User) else None

    @admin.display(description=gettext_lazy("住所"))
    def address_shown(resident: Resident) -> str:
        shown = visible_address(resident, to=user)
        if not shown and is_protected(resident):
            return _("支援措置のため表示できません")
        return shown

    request._address_shown = address_shown  # type: ignore[attr-defined]
    return address_shown
