"""The one admin site. Nothing is registered in this module: a site module that registers loses registrations."""

from typing import TYPE_CHECKING, Any, cast

from django.contrib.admin import AdminSite
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.views import redirect_to_login
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from cityhall.queries.staff import scope_of
from counter.queries.bereavements import unverified_items

if TYPE_CHECKING:
    # it registers with the site that this module makes
    from cityhall.admin import BaseAdmin

# as the house is built, with the base where administrators begin
_ORDER = ("cityhall", "applications", "notices", "residents")


class ChoicesView(AutocompleteJsonView):
    """Names each row so that it can be told from others, and writes down who looked."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self._shown: list[Any] = []
        response = super().get(request, *args, **kwargs)
        if self._admin.audited_reads:
            self._admin.record_list(request, self._shown)
        return response

    @property
    def _admin(self) -> "BaseAdmin":
        # every admin class of ours is one
        return cast("BaseAdmin", self.model_admin)

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().prefetch_related(*self._admin.choice_prefetch)

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        self._shown.append(obj)
        return super().serialize_result(obj, to_field_name) | {"text": self._admin.choice_label(obj)}


class CityAdminSite(AdminSite):
    """For administrators, and for auditors as far as their role reads; signing in is allauth's, with second factor."""

    site_header = _("フロントヤード 管理")
    site_title = _("フロントヤード 管理")
    index_title = _("管理メニュー")
    site_url = "/staff/"

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether this person has any business here; what they may do inside is decided model by model."""
        scope = scope_of(request.user)
        return scope.is_administrator or scope.is_auditor

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send visitors to the one sign-in page; for everybody else without business here there is nothing."""
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise Http404
        return redirect_to_login(request.GET.get("next") or request.get_full_path())

    def password_change(  # type: ignore[override]  # leads elsewhere instead of rendering a page
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Passwords are changed in one place."""
        return redirect("account_change_password")

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """Rows to choose from, worded by their admin class."""
        return cast("HttpResponse", ChoicesView.as_view(admin_site=self)(request))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The menu, above it what waits for an administrator."""
        waits = unverified_items().count() if request.user.has_perm("counter.change_elsewhereitem") else 0
        return super().index(request, {"unverified": waits} | (extra_context or {}))

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Grouped by app, in the order of the house; third-party apps follow."""
        groups = super().get_app_list(request, app_label)
        return sorted(groups, key=lambda group: _position(group["app_label"]))


def _position(app_label: str) -> int:
    return _ORDER.index(app_label) if app_label in _ORDER else len(_ORDER)
