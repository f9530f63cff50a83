"""Figures of counters and bookings for the dashboard, and the same as CSV."""

import csv
import datetime as dt
import io

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from cityhall.access import staff_only
from cityhall.days import today
from cityhall.enums import AuditAction
from cityhall.models import User
from cityhall.services import audit
from reservations.models import Place
from reservations.queries.figures import BY, Figures, Line, figures, span_of
from reservations.queries.scope import visible_places

_VIEW = "reservations.view_figures"
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


@staff_only(_VIEW)
@require_safe
def queue_figures(request: HttpRequest) -> HttpResponse:
    """Waiting, way, serving, those who stayed away, what was offered and used."""
    form, found = _figures(request)
    return render(
        request, "reservations/figures/queue.html", {"form": form, "figures": found, "query": _query(request)}
    )


@staff_only(_VIEW)
@require_safe
def queue_figures_csv(request: HttpRequest) -> HttpResponse:
    """The same table for a spreadsheet; times in seconds. Audited."""
    _form, found = _figures(request)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        [
            BY[found.by],
            _t("対応件数"),
            _t("平均の待ち（秒）"),
            _t("最長の待ち（秒）"),
            _t("呼び出しから着席（秒）"),
            _t("対応（秒）"),
            _t("不在"),
        ]
    )
    writer.writerows(_row(line) for line in found.lines)
    audit.record(
        action=AuditAction.EXPORT,
        actor=_user(request),
        target_type="reservations.figures",
        target_id="queue",
        target_label=f"{found.span.from_day}〜{found.span.until_day}",
    )
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="queue-{found.span.from_day}-{found.span.until_day}.csv"'
    return response


def _figures(request: HttpRequest) -> tuple[SpanForm, Figures]:
    user = _user(request)
    form = SpanForm(request.GET or None, user=user)
    data = form.cleaned_data if form.is_bound and form.is_valid() else {}
    until_day: dt.date = data.get("until_day") or today()
    from_day: dt.date = data.get("from_day") or until_day - dt.timedelta(days=30)
    place: Place | None = data.get("place")
    span = span_of(user, from_day=from_day, until_day=until_day, place=place)
    return form, figures(span, by=data.get("by") or "service")


def _row(line: Line) -> list[object]:
    means = [None if value is None else round(value) for value in (line.waiting, line.longest, line.way, line.serving)]
    return [line.label, line.tickets, *means, line.missed]


def _query(request: HttpRequest) -> str:
    return request.GET.urlencode()


def _user(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Http404
    return request.user
