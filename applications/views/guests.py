"""Pages for applications without an account: where the guest is reached, the link, the look-up, taking over."""

from http import HTTPMethod

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications.enums import ApplicationState
from applications.guest_forms import ContactForm, FindForm, OpenForm
from applications.guest_links import PURPOSE
from applications.models import Application
from applications.services import guests as services
from applications.services.drafts import AlreadyFiled
from applications.views.own import is_closed_here, open_in_browser, own_or_404, person
from cityhall import guests
from cityhall.access import public, resident_only, resident_or_guest
from cityhall.errors import DomainError
from cityhall.queue import enqueue
from cityhall.rate_limits import is_within_limit, is_within_limit_of
from residents.queries import resident_of

TRIES_PER_TEN_MINUTES = 300
"""Look-ups and wrong links from one address, which thousands may share behind a mobile carrier."""
TRIES_AT_ONE = 20
"""Wrong links and codes of one application, from wherever: whoever has the right one is not held up by it."""


@resident_or_guest
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def guest_contact(request: HttpRequest, public_id: str) -> HttpResponse:
    """Where the number and the link go: asked before sending, and when the work is put aside (`?then=save`)."""
    application = _guests_or_404(request, public_id)
    form = ContactForm(request.POST or None, initial={"email": application.guest_email})
    if request.method == HTTPMethod.POST and form.is_valid():
        if not services.may_mail(application, form.cleaned_data["email"]):
            form.add_error(None, _too_often())
        else:
            try:
                changed = services.set_email(application=application, email=form.cleaned_data["email"])
            except AlreadyFiled as error:
                form.add_error("email", str(error))
            else:
                open_in_browser(request, changed)
                return _after_contact(request, changed)
    context = {"application": application, "form": form, "then": request.GET.get("then", "")}
    return render(request, "applications/guest_contact.html", context)


def _after_contact(request: HttpRequest, application: Application) -> HttpResponse:
    if application.state != ApplicationState.DRAFT:
        sentence = _("%(email)s へ、新しいリンクをお送りしました。")
        messages.success(request, sentence % {"email": application.guest_email})
        return redirect("applications:application_detail", public_id=application.public_id)
    if request.GET.get("then") == "save":
        return redirect("applications:guest_saved", public_id=application.public_id)
    return redirect("applications:draft_check", public_id=application.public_id)


@resident_or_guest
@never_cache
@require_safe
def guest_saved(request: HttpRequest, public_id: str) -> HttpResponse:
    """The work is put aside: where the link went, and what to do when it does not come."""
    application = _guests_or_404(request, public_id)
    if not application.guest_email:
        return redirect("applications:guest_contact", public_id=public_id)
    return render(request, "applications/guest_saved.html", {"application": application})


@resident_or_guest
@require_POST
def guest_renew(request: HttpRequest, public_id: str) -> HttpResponse:
    """Revoke the links that were sent and mail a new one."""
    application = _guests_or_404(request, public_id)
    if not application.guest_email:
        return redirect("applications:guest_contact", public_id=public_id)
    if not services.may_mail(application, application.guest_email):
        messages.warning(request, _too_often())
    else:
        open_in_browser(request, services.renew_link(application=application))
        messages.success(request, _("これまでのリンクを無効にし、新しいリンクをメールでお送りしました。"))
    return redirect("applications:application_detail", public_id=public_id)


@resident_or_guest
@require_POST
def guest_leave(request: HttpRequest, public_id: str) -> HttpResponse:
    """Let this browser forget the application: the next person at a shared computer must not find it."""
    if not is_closed_here(request, public_id):
        application = _guests_or_404(request, public_id)
        guests.forget(request.session, PURPOSE, application.public_id)
    messages.success(request, _("この端末での表示を終わりました。もう一度開くには、メールのリンクをお使いください。"))
    return redirect("applications:guest_find")


@resident_only
@require_POST
def guest_take_over(request: HttpRequest, public_id: str) -> HttpResponse:
    """Make an application without an account, opened in this browser, one of the person's own."""
    application = own_or_404(request, public_id)
    by = person(request)
    try:
        if by is not None:
            services.take_over(application=application, by=by, resident=resident_of(by))
    except DomainError as error:
        messages.error(request, str(error))
    else:
        guests.forget(request.session, PURPOSE, public_id)
        messages.success(request, _("この申請を、ログインしている方の申請に加えました。「申請状況」から確認できます。"))
    return redirect("applications:application_detail", public_id=public_id)


@public
@never_cache
@require_safe
def guest_open(request: HttpRequest, public_id: str, secret: str) -> HttpResponse:
    """The link of the mail: lets this browser open the application, and takes the secret out of the address."""
    if request.user.is_authenticated and request.user.is_staff:
        raise Http404
    application = services.find_by_link(public_id, secret)
    if application is None:
        return _over(request, status=404 if _may_guess(request, public_id) else 429)
    open_in_browser(request, application)
    return _to(request, application)


@public
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def guest_find(request: HttpRequest) -> HttpResponse:
    """Find an application again: by number and address (a link is mailed), or by number and code."""
    asked = request.POST.get("action", "") if request.method == HTTPMethod.POST else ""
    forms = {
        "mail_form": FindForm(request.POST if asked == "mail" else None, prefix="mail"),
        "open_form": OpenForm(request.POST if asked == "open" else None, prefix="open"),
    }
    form = forms["open_form"] if asked == "open" else forms["mail_form"]
    if asked and not is_within_limit(request, "guest-find", times=TRIES_PER_TEN_MINUTES, seconds=600):
        form.add_error(None, _too_often())
        return render(request, "applications/guest_find.html", forms, status=429)
    if asked == "mail" and form.is_valid():
        # the same answer, as fast, whether there is such an application or not: the worker counts and mails
        found = services.id_by_email(form.cleaned_data["number"], form.cleaned_data["email"])
        enqueue("applications.tasks.mail_guest_link", application_id=found)
        return render(request, "applications/guest_link_sent.html")
    if asked == "open" and form.is_valid():
        number = form.cleaned_data["number"]
        application = services.find_by_secret(number, form.cleaned_data["secret"])
        if application is not None:
            open_in_browser(request, application)
            return _to(request, application)
        if not _may_guess(request, number):
            form.add_error(None, _too_often())
            return render(request, "applications/guest_find.html", forms, status=429)
        form.add_error(None, _("受付番号と照会コードの組み合わせが正しくありません。控えやメールをご確認ください。"))
    return render(request, "applications/guest_find.html", forms)


def _to(request: HttpRequest, application: Application) -> HttpResponse:
    if way_back := guests.take_way_back(request.session, PURPOSE, application.public_id):
        # a page that was sent too late waits there
        return redirect(way_back)
    if application.state == ApplicationState.DRAFT:
        return redirect("applications:draft_page", public_id=application.public_id, number=1)
    return redirect("applications:application_detail", public_id=application.public_id)


def _over(request: HttpRequest, *, status: int) -> HttpResponse:
    # rendered, not raised: the path of an error is logged
    return render(request, "applications/guest_link_over.html", {"is_too_often": status == 429}, status=status)


def _guests_or_404(request: HttpRequest, public_id: str) -> Application:
    application = own_or_404(request, public_id)
    if not application.is_guests:
        raise Http404
    return application


def _may_guess(request: HttpRequest, whom: str) -> bool:
    """Counts what was wrong only: whoever has the link is not kept out by others, at their address or elsewhere."""
    if not is_within_limit_of(whom, "guest-open", times=TRIES_AT_ONE, seconds=600):
        return False
    return is_within_limit(request, "guest-open", times=TRIES_PER_TEN_MINUTES, seconds=600)


def _too_often() -> str:
    return _("短い時間に何度も操作がありました。しばらく待ってから、もう一度お試しください。")
