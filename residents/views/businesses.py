"""The businesses a person may file for: the list, one business, registering and changing it."""

from http import HTTPMethod
from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cityhall.access import resident_only
from cityhall.errors import DomainError
from cityhall.models import User
from cityhall.registry import business_panels
from residents.business_forms import BusinessForm, InvitationForm
from residents.errors import BusinessRefused
from residents.models import BusinessMember
from residents.queries import invitations_of, memberships_of, open_invitations
from residents.services import register_business, update_business


def user_of(request: HttpRequest) -> User:
    """The signed-in resident; the access rule let nobody else in."""
    return cast("User", request.user)


def membership_or_404(request: HttpRequest, public_id: str, *, manager: bool = False) -> BusinessMember:
    """The person's own membership of a business; strangers, and members where it takes a manager, find nothing."""
    rows = BusinessMember.objects.filter(user=user_of(request), ended_at=None).select_related("business")
    membership = get_object_or_404(rows, business__public_id=public_id)
    if manager and not membership.is_manager:
        raise Http404
    return membership


@resident_only
@never_cache
@require_safe
def business_list(request: HttpRequest) -> HttpResponse:
    """One's businesses, and invitations that wait for an answer."""
    user = user_of(request)
    context = {"memberships": memberships_of(user), "invitations": open_invitations(user).order_by("id")}
    return render(request, "residents/business_list.html", context)


@resident_only
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def business_register(request: HttpRequest) -> HttpResponse:
    """A new business, whose first manager registers it."""
    form = BusinessForm(request.POST or None)
    if request.method == HTTPMethod.POST and form.is_valid():
        try:
            business = register_business(by=user_of(request), **form.cleaned_data)
        except BusinessRefused as error:
            form.add_error("corporate_number", str(error))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("事業者を登録しました。"))
            return redirect("residents:business_detail", public_id=business.public_id)
    return render(request, "residents/business_form.html", {"form": form, "business": None})


@resident_only
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def business_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """What the business says of itself, changed by a manager."""
    business = membership_or_404(request, public_id, manager=True).business
    form = BusinessForm(request.POST or None, business=business)
    if request.method == HTTPMethod.POST and form.is_valid():
        try:
            update_business(business=business, by=user_of(request), **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("事業者の登録内容を変更しました。"))
            return redirect("residents:business_detail", public_id=public_id)
    return render(request, "residents/business_form.html", {"form": form, "business": business})


@resident_only
@never_cache
@require_safe
def business_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """One business with its members; managers also see whom they invited."""
    return render_business(request, membership_or_404(request, public_id))


def render_business(
    request: HttpRequest, membership: BusinessMember, invitation_form: InvitationForm | None = None
) -> HttpResponse:
    """The page of a business; a form that was refused keeps what was typed."""
    business = membership.business
    members = business.members.filter(ended_at=None).select_related("user").order_by("-is_manager", "id")
    context = {
        "membership": membership,
        "business": business,
        "members": members,
        "invitations": invitations_of(business),
        "form": invitation_form or InvitationForm(),
        "panels": [
            {"template": panel.template, "shown": shown}
            for panel in business_panels
            if (shown := panel.context(request, business)) is not None
        ],
    }
    return render(request, "residents/business_detail.html", context)
