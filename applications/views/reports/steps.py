"""The steps of the staff: each is a form, a service and a sentence."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from applications.forms import StepForm
from applications.models import Report
from applications.permissions import HANDLE_REPORTS
from applications.queries.reports import may_handle, photos_of, visible_reports
from applications.report_steps import step_form
from applications.services import reports as services
from applications.views.reports.staff import render_report, report_or_404
from applications.views.staff import staff_of
from cityhall.access import staff_only
from cityhall.errors import DomainError, StaleState
from cityhall.my_numbers import record_confirmed_number


@dataclass(frozen=True)
class Step:
    """What a step does with what its form says, and what the person is told then."""

    run: Callable[..., object]
    done: Promise
    read: Callable[[dict[str, Any]], dict[str, Any]] = lambda _data: {}


def _words(*names: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Reads these fields as they are."""
    return lambda data: {name: data[name] for name in names}


def _public(data: dict[str, Any]) -> dict[str, Any]:
    return {"is_public": data["is_public"], "text": data["public_text"], "photos": data.get("photos", [])}


STEPS: dict[str, Step] = {
    "take": Step(services.take, _("この通報の担当になりました。")),
    "assign": Step(services.assign, _("担当者を変更しました。"), _words("handler")),
    "start": Step(services.start, _("対応を始めました。通報者にメールでお知らせします。")),
    "answer": Step(services.answer, _("回答しました。通報者にメールでお知らせします。"), _words("text")),
    "done": Step(services.finish, _("対応済みにしました。通報者にメールでお知らせします。"), _words("text")),
    "not_ours": Step(services.refuse_as_not_ours, _("市の管理外としました。"), _words("text")),
    "reopen": Step(services.reopen, _("対応を再開しました。"), _words("reason")),
    "merge": Step(services.merge, _("同じ内容の通報にまとめました。"), _words("number")),
    "unmerge": Step(services.unmerge, _("まとめるのをやめて、対応中に戻しました。")),
    "move": Step(services.move_kind, _("種類と担当課を変更しました。"), _words("kind")),
    "note": Step(services.note, _("メモを書きました。"), _words("text")),
    "publish": Step(services.publish, _("公開の設定を変更しました。"), _public),
}


def _view_of(name: str) -> Callable[..., HttpResponse]:
    @staff_only(HANDLE_REPORTS)
    @require_POST
    def report_step(request: HttpRequest, public_id: str) -> HttpResponse:
        return _take_step(request, report_or_404(request, public_id), name)

    return report_step


report_take = _view_of("take")
report_assign = _view_of("assign")
report_start = _view_of("start")
report_answer = _view_of("answer")
report_done = _view_of("done")
report_not_ours = _view_of("not_ours")
report_reopen = _view_of("reopen")
report_merge = _view_of("merge")
report_unmerge = _view_of("unmerge")
report_move = _view_of("move")
report_note = _view_of("note")
report_publish = _view_of("publish")


def _take_step(request: HttpRequest, report: Report, name: str) -> HttpResponse:
    """Read the form, run the service, tell what came of it and show the report as it is now."""
    user, step = staff_of(request), STEPS[name]
    if not may_handle(user, report):
        raise Http404
    form = step_form(name, report, user=user, photos=photos_of(report), data=request.POST)
    if not form.is_valid():
        return render_report(request, report, bound={name: form})
    # the report as the person saw it: a page left open in another tab does nothing
    report.revision = form.cleaned_data["revision"]
    try:
        step.run(report=report, by=user, **step.read(form.cleaned_data))
    except StaleState as error:
        messages.warning(request, str(error))
        if form.typed_texts():
            # what was written is not lost: it is shown to be copied
            return render_report(request, report_or_404(request, report.public_id), kept=form.typed_texts())
    except DomainError as error:
        form.add_error(None, str(error))
        return render_report(request, report_or_404(request, report.public_id), bound={name: form})
    else:
        _note_number(form, report, request)
        messages.success(request, str(step.done))
        if not visible_reports(user).filter(pk=report.pk).exists():
            # it went to another department
            return redirect("applications:staff_report_list")
    return redirect("applications:staff_report", public_id=report.public_id)


def _note_number(form: StepForm, report: Report, request: HttpRequest) -> None:
    record_confirmed_number(
        form,
        by=staff_of(request),
        target_type="report",
        target_id=report.public_id,
        target_label=report.number,
        department_code=report.department.code,
    )
