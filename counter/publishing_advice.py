"""What the counter tells the designer of a form: concepts asked in two ways, and papers that lose a question."""

from collections.abc import Iterator
from typing import Final

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from applications.concepts import concept_of
from applications.definition import Field, Form, form_of
from applications.models import Procedure
from applications.publishing_advice import Advice, advisers
from cityhall.days import today
from counter.combined import Part, combine, conflicts_between
from counter.combined.model import fields_of
from counter.enums import LayoutState
from counter.layouts.checking import field_of
from counter.models import FormLayout
from counter.queries.layouts import layouts_in_use, spots_on
from counter.queries.offered import offered

_OWN: Final = "one"
_MOST_NAMES: Final = 20


def register_publishing_advice() -> None:
    """Called once, from `AppConfig.ready`."""
    advisers.register("counter.combining", advise_on_combining, position=10)
    advisers.register("counter.layouts", advise_on_layouts, position=20)


def advise_on_combining(procedure: Procedure, form: Form) -> Iterator[Advice]:
    """Questions that other procedures ask in a way no answer suits: at the counter they are asked twice.

    One query; about 20 ms for seventy procedures. A form that no other can be combined with is refused.
    """
    if not any(field.concept for field in fields_of(form).values()):
        return
    told: dict[str, list[str]] = {}
    for other in offered().exclude(pk=procedure.pk).order_by("position", "key"):
        if other.current_version is None:
            continue
        theirs = form_of(other.current_version)
        conflicts = conflicts_between(form, theirs, (procedure.name, other.name))
        for conflict in conflicts:
            path = dict(conflict.owners).get(_OWN, "")
            told.setdefault(path, []).append(_("「%(name)s」（%(reason)s）") % _words(other, conflict.reason))
        if conflicts and not _combines(procedure, form, other, theirs):
            yield Advice(_refusal(other.name), refuses=True)
    fields = fields_of(form)
    for path, names in told.items():
        if path in fields:
            yield Advice(_asked_twice(fields[path]), names=_some(names))


def advise_on_layouts(procedure: Procedure, form: Form) -> Iterator[Advice]:
    """Papers in use, or in the making, that name questions this form does not ask. Two queries."""
    for layout in _layouts_of(procedure):
        labels = _labels(procedure)
        paths = dict.fromkeys(spot.question for spot in spots_on(layout) if spot.question)
        missing = [path for path in paths if field_of(path, form) is None]
        if missing:
            yield Advice(
                _(
                    "「様式への印字」の「%(title)s」（第%(number)s版）は、なくなる質問を印字しています。その欄は空欄になります。新しい版に合わせて、印字する欄を直してください。"
                )
                % {"title": layout.title, "number": layout.number},
                names=_some([labels.get(_plain(path), path) for path in missing]),
                url=reverse("counter:layout", args=[procedure.key, layout.number]),
                link=_("「%(title)s」を開く") % {"title": layout.title},
                follows=True,
            )


def _layouts_of(procedure: Procedure) -> list[FormLayout]:
    """What prints today, what will, and what is in work; older ones print nothing any more."""
    now = layouts_in_use([procedure.pk], on=today()).get(procedure.pk, ())
    later = Q(state=LayoutState.ACTIVE, valid_from__gt=today()) | Q(state=LayoutState.DRAFT)
    rows = FormLayout.objects.filter(later, procedure=procedure, ended_at=None).order_by("number")
    return [*now[:1], *rows]


def _labels(procedure: Procedure) -> dict[str, str]:
    """What the questions were called, of the newest version that asked them."""
    found: dict[str, str] = {}
    for version in procedure.versions.order_by("-number")[:5]:
        for path, field in fields_of(form_of(version)).items():
            found.setdefault(path, field.label)
    return found


def _plain(path: str) -> str:
    """The path of a question in rows without the number of the row: `people.2.name` is `people.name`."""
    parts = path.split(".")
    return f"{parts[0]}.{parts[-1]}" if len(parts) > 1 else path


def _combines(procedure: Procedure, form: Form, other: Procedure, theirs: Form) -> bool:
    try:
        combine([Part(_OWN, form, procedure.name), Part("other", theirs, other.name)])
    except RuntimeError:
        return False
    return True


def _asked_twice(field: Field) -> str:
    concept = concept_of(field.concept)
    words = {"label": field.label, "concept": concept.full_label if concept else field.concept}
    return (
        _("「%(label)s」（%(concept)s）は、次の手続と聞き方が違うため、窓口でまとめて入力するときに二度お尋ねします。")
        % words
    )


def _refusal(name: str) -> str:
    return _("「%(name)s」とまとめて入力する様式を作れません。条件を見直してください。") % {"name": name}


def _words(other: Procedure, reason: str) -> dict[str, str]:
    return {"name": other.name, "reason": reason}


def _some(names: list[str]) -> tuple[str, ...]:
    """The first ones, and how many more there are."""
    left = len(names) - _MOST_NAMES
    more = (_("ほか%(count)s件") % {"count": left},) if left > 0 else ()
    return (*names[:_MOST_NAMES], *more)
