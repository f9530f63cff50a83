"""Making a kind of notice and changing its rules."""

from http import HTTPMethod

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cityhall.access import staff_only
from cityhall.my_numbers import record_confirmed_number
from notices.forms_kinds import RulesForm
from notices.models import NoticeType
from notices.queries.kinds import may_change_kind, text_departments
from notices.services.kinds import save_kind
from notices.views.kinds.listing import kind_or_404, staff_of


@staff_only("notices.add_noticetype")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def kind_new(request: HttpRequest) -> HttpResponse:
    """A new kind; its text is written next."""
    if not text_departments(staff_of(request)):
        raise Http404
    return _edit(request, NoticeType())


@staff_only("notices.change_noticetype")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def kind_rules(request: HttpRequest, key: str) -> HttpResponse:
    """The rules of one kind, for who writes for its department."""
    kind = kind_or_404(request, key)
    if not may_change_kind(staff_of(request), kind):
        raise Http404
    return _edit(request, kind)


def _edit(request: HttpRequest, kind: NoticeType) -> HttpResponse:
    is_new, name = kind.pk is None, kind.name
    user = staff_of(request)
    form = RulesForm(request.POST or None, instance=kind, user=user)
    if request.method != HTTPMethod.POST or not form.is_valid():
        return render(request, "notices/kinds/rules.html", {"form": form, "kind": kind, "is_new": is_new, "name": name})
    saved = save_kind(notice_type=form.instance, by=user)
    record_confirmed_number(
        form,
        by=user,
        target_type=saved._meta.label_lower,
        target_id=str(saved.pk),
        target_label=saved.name,
        department_code=saved.department.code if saved.department else "",
    )
    if is_new:
        messages.success(request, _("通知の種類を登録しました。続けて文面を作ってください。"))
        return redirect("notices:kind_text", key=saved.key)
    messages.success(request, _("きまりを保存しました。これから作る通知に使います。"))
    return redirect("notices:kind_detail", key=saved.key)
