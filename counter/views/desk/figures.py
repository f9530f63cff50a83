"""Figures of visits for those who lead counters, and the same as CSV."""

import csv
import datetime as dt
import io

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from cityhall.access import staff_only
from cityhall.days import today
from cityhall.enums import AuditAction
from cityhall.models import User
from cityhall.services import audit
from counter.enums import VisitPhase
from counter.queries.figures import BY, Figures, Line, figures, span_of
from counter.views.desk.common import user_of
from reservations.queries.scope import visible_places

VIEW = "counter.view_figures"
MOST_DAYS = 400


class SpanForm(forms.Form):
    """Which days, which place, lines by what; a mistake leaves the last thirty days."""

    from_day = forms.DateField(label=_("この日から"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until_day = forms.DateField(label=_("この日まで"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    by = forms.ChoiceField(label=_("集計の単位"), choices=list(BY.items()), required=False)

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["place"] = forms.ModelChoiceField(
            visible_places(user), label=_("場所"), required=False, to_field_name="key", empty_label=_("すべて")
        )

    def clean(self) -> dict[str, object]:
        data: dict[str, object] = super().clean() or self.cleaned_data
        first, last = data.get("from_day"), data.get("until_day")
        if isinstance(first, dt.date) and isinstance(last, dt.date):
            if first > last:
                self.add_error("until_day", _("終わりの日は、始まりの日以降にしてください。"))
            elif (last - first).days > MOST_DAYS:
                self.add_error("until_day", _("一度に集計できるのは400日までです。"))
        return data


@staff_only(VIEW)
@require_safe
def visit_figures(request: HttpRequest) -> HttpResponse:
    """Questions asked per visit, and minutes by phase."""
    form, found = _figures(request)
    phases = [phase.label for phase in VisitPhase]
    context = {
        "form": form,
        "figures": found,
        "unit": BY[found.by],
        "phases": phases,
        "query": request.GET.urlencode(),
    }
    return render(request, "counter/desk/figures.html", context)


@staff_only(VIEW)
@require_safe
def visit_figures_csv(request: HttpRequest) -> HttpResponse:
    """The same table for a spreadsheet; times in seconds. Audited."""
    _form, found = _figures(request)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        [
            BY[found.by],
            _t("来庁"),
            _t("手続"),
            _t("聞いた質問（1来庁）"),
            _t("事前入力（1来庁）"),
            _t("市の登録・カード（1来庁）"),
            *[_t("%(phase)s（秒）") % {"phase": phase.label} for phase in VisitPhase],
            _t("1来庁（秒）"),
            _t("1手続（秒）"),
        ]
    )
    writer.writerows(_row(line) for line in found.lines)
    audit.record(
        action=AuditAction.EXPORT,
        actor=user_of(request),
        target_type="counter.figures",
        target_id="visits",
        target_label=f"{found.span.from_day}〜{found.span.until_day}",
    )
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="visits-{found.span.from_day}-{found.span.until_day}.csv"'
    return response


def _row(line: Line) -> list[object]:
    means = [line.asked_mean, line.brought_mean, line.known_mean]
    times = [*line.per_phase, line.per_visit, line.per_procedure]
    return [
        line.label,
        line.visits,
        line.procedures,
        *[None if mean is None else round(mean, 1) for mean in means],
        *[None if seconds is None else round(seconds) for seconds in times],
    ]


def _figures(request: HttpRequest) -> tuple[SpanForm, Figures]:
    user = user_of(request)
    form = SpanForm(request.GET or None, user=user)
    data = form.cleaned_data if form.is_bound and form.is_valid() else {}
    until_day: dt.date = data.get("until_day") or today()
    from_day: dt.date = data.get("from_day") or until_day - dt.timedelta(days=30)
    span = span_of(user, from_day=from_day, until_day=until_day, place=data.get("place"))
    return form, figures(span, by=data.get("by") or "day")
