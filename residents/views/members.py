"""Who files for a business: inviting, answering, ending. Each POST may come twice."""

from http import HTTPMethod

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cityhall.access import resident_only
from cityhall.errors import DomainError
from residents.business_forms import InvitationForm
from residents.models import BusinessInvitation, BusinessMember
from residents.services import answer_invitation, cancel_invitation, end_member, invite_member
from residents.views.businesses import membership_or_404, render_business, user_of


@resident_only
@require_POST
def member_invite(request: HttpRequest, public_id: str) -> HttpResponse:
    """Invite the owner of an address. The answer is the same whether there is such an account."""
    membership = membership_or_404(request, public_id, manager=True)
    form = InvitationForm(request.POST)
    if form.is_valid():
        try:
            invite_member(business=membership.business, by=user_of(request), **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("招待しました。招待された方のマイページに表示されます。"))
            return redirect("residents:business_detail", public_id=public_id)
    return render_business(request, membership, form)


@resident_only
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def member_end(request: HttpRequest, public_id: str) -> HttpResponse:
    """Asks once, then takes the right to file away. Managers end others, everybody ends themselves."""
    user = user_of(request)
    member = get_object_or_404(BusinessMember.objects.select_related("business", "user"), public_id=public_id)
    own = membership_or_404(request, member.business.public_id)
    if member.user_id != user.pk and not own.is_manager:
        raise Http404
    if request.method != HTTPMethod.POST:
        return render(request, "residents/member_end.html", {"member": member, "is_own": member.user_id == user.pk})
    try:
        end_member(member=member, by=user)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("residents:business_detail", public_id=member.business.public_id)
    messages.success(request, _("担当を終了しました。"))
    if member.user_id == user.pk:
        return redirect("residents:business_list")
    return redirect("residents:business_detail", public_id=member.business.public_id)


@resident_only
@require_POST
def invitation_answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """Accept or decline an invitation to one's own address."""
    user = user_of(request)
    invitation = BusinessInvitation.objects.select_related("business").filter(public_id=public_id).first()
    if invitation is None or invitation.email != (user.email or "").lower():
        raise Http404
    accept = request.POST.get("answer") == "accept"
    try:
        answer_invitation(invitation=invitation, by=user, accept=accept)
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("招待を承諾しました。") if accept else _("招待を辞退しました。"))
    return redirect("residents:business_list")


@resident_only
@require_POST
def invitation_cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take an invitation back."""
    invitation = get_object_or_404(BusinessInvitation.objects.select_related("business"), public_id=public_id)
    membership = membership_or_404(request, invitation.business.public_id, manager=True)
    cancel_invitation(invitation=invitation, by=user_of(request))
    messages.success(request, _("招待を取り消しました。"))
    return redirect("residents:business_detail", public_id=membership.business.public_id)
