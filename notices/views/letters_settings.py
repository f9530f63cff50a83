"""How the city's letters are printed and what they cost."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cityhall.access import staff_only
from cityhall.models import Department
from cityhall.queries.city import municipality
from notices.forms_letters import PostSettingsForm
from notices.services.postage import post_settings, save_post_settings
from notices.services.window_sample import window_sample
from notices.views.letters_shared import staff_of


@staff_only("notices.change_postsettings")
@require_http_methods(["GET", "HEAD", "POST"])
def letter_settings(request: HttpRequest) -> HttpResponse:
    """Window, both sides, enclosures, weights and the post's tables."""
    form = PostSettingsForm(request.POST or None, instance=post_settings())
    if request.method == "POST" and form.is_valid():
        save_post_settings(form.save(commit=False), by=staff_of(request))
        messages.success(request, _("郵送の設定を保存しました。次に作る印刷から使います。"))
        return redirect("notices:letter_settings")
    return render(request, "notices/letters/settings.html", {"form": form})


@staff_only("notices.change_postsettings")
@require_safe
def letter_window_sample(request: HttpRequest) -> HttpResponse:
    """An address sheet with the window's edge, to be tried with the city's envelopes."""
    department = Department.objects.active().first() or Department(name=municipality().office_name)
    response = HttpResponse(window_sample(department=department), content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, _("窓あき封筒の見本.pdf")) or ""
    response["Cache-Control"] = "private, no-store"
    return response
