"""A prefill in the hands of who types it in at home: opened with today's forms, changed page by page.

Forms are published and procedures withdrawn while answers wait: what is opened here always stands on the forms of
today, with the answers carried over and a sentence for whatever is different.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications import typed
from applications.made_up import made_up_business, made_up_person
from applications.models import FormVersion, Procedure
from applications.prefill import prefill
from applications.services.drafts import NotOpen
from cityhall.days import today
from cityhall.models import User
from counter.combined import Combined, carry_over
from counter.enums import Source
from counter.form_pages import Filling
from counter.forms import combined_of
from counter.models import Prefill, PrefillProcedure
from counter.queries.offered import UNSEEN
from counter.services import prefills
from counter.services.prefills.keeping import form_of_visit
from counter.told import GUIDE, retold, told_values
from residents.queries import resident_of

_CONTACT: Final[Mapping[str, str]] = {
    "applicant.name": "name",
    "applicant.kana": "kana",
    "applicant.phone": "phone",
    "applicant.email": "email",
}
"""Questions whose answers a booking needs as well, and what its form calls them."""


@dataclass(frozen=True)
class Home:
    """An open prefill. `chosen` are its procedures with the forms of today; `notes` say what changed meanwhile."""

    token: str
    prefill: Prefill
    chosen: tuple[PrefillProcedure, ...]
    filling: Filling
    sources: Mapping[str, str]
    told: Mapping[str, str] = field(default_factory=dict)
    """By concept, what was answered in a guide before."""
    notes: tuple[str, ...] = ()

    @property
    def procedures(self) -> list[Procedure]:
        return [one.procedure for one in self.chosen]

    @property
    def mark(self) -> str:
        """Names the forms a page was made from."""
        return _mark(self.chosen)

    def origin_of(self, key: str) -> str:
        """Who has given an answer that nobody typed here, in words."""
        source = self.sources.get(key, "")
        if source == GUIDE:
            return _("手続ガイドの答えから")
        return str(Source(source).label) if source in (Source.RECORD, Source.PORTAL) else ""

    @property
    def from_record(self) -> set[str]:
        """Questions (and groups) that the city's record has answered."""
        return {key for key, source in self.sources.items() if source == Source.RECORD}

    @property
    def from_guide(self) -> set[str]:
        """Questions that a guide has asked before, with the same answer."""
        return {key for key, source in self.sources.items() if source == GUIDE}


def open_home(token: str, *, now: dt.datetime | None = None) -> Home:
    """What is kept under a token, on the forms of today. Raises NoSuchPrefill, or what became of it.

    Six statements at most; nothing is written.
    """
    kept = prefills.open_kept(token, now=now)
    rows = kept.prefill.procedures.select_related("procedure__department", "procedure__current_version", "form_version")
    # a process keeps the forms that are made of the documents
    documents = ("form_version__definition", "procedure__current_version__definition")
    stored = list(rows.order_by("position").defer(*documents, *(f"procedure__{name}" for name in UNSEEN)))
    chosen, gone = _today(stored)
    old, new = combined_of(stored), combined_of(chosen)
    values, sources, notes = kept.values, kept.sources, [_withdrawn(one) for one in gone]
    if new is not old:
        values, sources, lost = _carried(old, new, values, sources)
        notes += lost
    return Home(token, kept.prefill, tuple(chosen), Filling(new, values), sources, kept.told, tuple(notes))


def save(home: Home, filling: Filling, *, user: User | None, now: dt.datetime | None = None) -> Home:
    """Keep what was typed. A question that no longer says what the record says is not from the record any more.

    Raises StaleState when another window has changed it since, and what became of a prefill that is over.
    """
    same = {key for key, value in filling.values.items() if home.filling.values.get(key) == value}
    sources = {key: source for key, source in home.sources.items() if key in same}
    return _keep(replace(home, filling=filling, sources=sources), user, home.prefill.visit_on, now)


def save_day(home: Home, visit_on: dt.date | None, *, user: User | None, now: dt.datetime | None = None) -> Home:
    """Keep it until the end of a day, or without one for as long as answers may wait."""
    return _keep(home, user, visit_on, now)


def choose(
    home: Home | None,
    procedures: Sequence[Procedure],
    *,
    token: str,
    user: User | None,
    is_practice: bool = False,
    told: Mapping[str, str] | None = None,
    now: dt.datetime | None = None,
) -> Home:
    """The same answers for these procedures, in this order, or a new prefill. What is newly asked is filled in from
    `told`, what was answered in a guide just now (`guide.told_anew`) or before, otherwise from what the city knows.

    Answers to a guide are one answer, the last: it takes the place of what a guide said before, and what it says no
    more goes. What somebody typed stays.

    Raises NothingChosen, TooManyProcedures, NotOpen, StaleState when another window has changed it since, and what
    became of a prefill that is over.
    """
    chosen = [_row(one, form_of_visit(one), position) for position, one in enumerate(procedures, 1)]
    is_practice = home.prefill.is_practice if home else is_practice
    begun = _begun(home, combined_of(chosen), dict(told or {}), user, is_practice=is_practice)
    visit_on = today() if is_practice else home.prefill.visit_on if home else None
    row = prefills.keep(
        token=token,
        procedures=procedures,
        values=begun.filling.values,
        sources=begun.sources,
        told=begun.told,
        visit_on=visit_on,
        language=_language(),
        user=user,
        is_practice=is_practice,
        expected_revision=home.prefill.revision if home is not None else None,
        now=now,
    )
    return Home(token, row, tuple(chosen), begun.filling, begun.sources, begun.told, tuple(begun.notes))


@dataclass
class _Begun:
    """A form with what is known before anybody types into it."""

    filling: Filling
    sources: dict[str, str]
    told: Mapping[str, str]
    notes: list[str]

    def take_back(self, keys: Collection[str]) -> set[str]:
        """Without what a guide said of these questions; which of them are blank now."""
        gone = {key for key in keys if self.sources.get(key) == GUIDE}
        for key in gone:
            del self.filling.values[key], self.sources[key]
        return gone

    def fill(self, found: typed.Typed, source: str, *, without: Collection[str] = ()) -> None:
        """What nobody has answered; a later answer to a guide takes the place of an earlier one."""
        values = self.filling.values
        for key, value in found.items():
            is_open = key not in values or self.sources.get(key) == source == GUIDE
            if is_open and key not in without:
                values[key] = value
                if source:
                    self.sources[key] = source


def _begun(home: Home | None, new: Combined, told: dict[str, str], user: User | None, *, is_practice: bool) -> _Begun:
    """The answers so far on a new form; what only this form asks is filled in, and what the guide was told just now."""
    said, asked = retold(new, told), set[str]()
    if home is None:
        begun = _Begun(Filling(new, {}), {}, _said(told), [])
    else:
        values, sources, notes = _carried(home.filling.combined, new, home.filling.values, home.sources)
        begun = _Begun(Filling(new, dict(values)), sources, _said({**home.told, **told}), notes)
        asked = home.filling.form.by_key.keys() - begun.take_back(said.silent)
        begun.fill(told_values(new, begun.told), GUIDE, without=asked)
    begun.fill(said.values, GUIDE)
    begun.fill(_known(new, user, is_practice=is_practice), "" if is_practice else Source.RECORD.value, without=asked)
    return begun


def _said(told: Mapping[str, str]) -> dict[str, str]:
    return {concept: answer for concept, answer in told.items() if answer}


def contact_of(home: Home) -> dict[str, str]:
    """How the applicant is called and reached, as typed, by the fields of the contact form of booking."""
    typed_of = {
        field.concept: home.filling.values[field.key]
        for field in home.filling.form.fields
        if field.concept in _CONTACT and home.filling.values.get(field.key)
    }
    found = {_CONTACT[concept]: value for concept, value in typed_of.items() if isinstance(value, str)}
    name = typed_of.get("applicant.name")
    if isinstance(name, dict):
        found["name"] = " ".join(filter(None, (name.get("family"), name.get("given"))))
        found["kana"] = " ".join(filter(None, (name.get("family_kana"), name.get("given_kana"))))
    return found


def taken_from_other_forms(home: Home, mark: str, number: int, data: "typed.Data") -> Filling | None:
    """What a page says that was made from other forms than today's, told to today's; None for what is no such page.

    A form was published, or procedures came or went in another window, while the page was being filled in.
    """
    chosen = _marked(mark)
    combined = combined_of(chosen) if chosen else None
    if combined is None or not 1 <= number <= len(combined.form.pages):
        return None
    sent = typed.read(combined.form.pages[number - 1].fields, data)
    whole = {key: rows for key, rows in typed.with_closed_rows(combined.form.questions, sent, {}).items() if rows}
    carried = carry_over(combined, home.filling.combined, whole).values
    return Filling(home.filling.combined, home.filling.values | carried)


def _keep(home: Home, user: User | None, visit_on: dt.date | None, now: dt.datetime | None) -> Home:
    row = prefills.keep(
        token=home.token,
        procedures=home.procedures,
        values=home.filling.values,
        sources=home.sources,
        told=home.told,
        visit_on=visit_on,
        language=_language(),
        user=user,
        is_practice=home.prefill.is_practice,
        expected_revision=home.prefill.revision,
        now=now,
    )
    return replace(home, prefill=row, notes=())


def _language() -> str:
    return (get_language() or "ja")[:10]


def _known(combined: Combined, user: User | None, *, is_practice: bool) -> typed.Typed:
    """What the city knows of who is signed in; a made-up person for practice."""
    if is_practice:
        return prefill(combined.form, made_up_person(), business=made_up_business())
    resident = resident_of(user) if user is not None and not user.is_staff else None
    return prefill(combined.form, resident) if resident is not None else {}


def _today(stored: Sequence[PrefillProcedure]) -> tuple[list[PrefillProcedure], list[Procedure]]:
    """The procedures on the forms that are filled in now, and those that the city has withdrawn."""
    chosen: list[PrefillProcedure] = []
    gone: list[Procedure] = []
    for one in stored:
        try:
            chosen.append(_row(one.procedure, form_of_visit(one.procedure), one.position))
        except NotOpen:
            gone.append(one.procedure)
    return chosen, gone


def _carried(
    old: Combined, new: Combined, values: typed.Typed, sources: Mapping[str, str]
) -> tuple[typed.Typed, dict[str, str], list[str]]:
    """Values and sources on the new form, and a sentence for each answer that a procedure still there has lost."""
    carried = carry_over(old, new, values)
    kept = {key: sources[source] for key, source in carried.origins.items() if source in sources}
    parts = {part.key for part in new.parts}
    lost = [note for note in carried.lost if _parts_of(old, note.path) & parts]
    return carried.values, {key: kept[key] for key in carried.values if key in kept}, [note.message for note in lost]


def _parts_of(combined: Combined, path: str) -> set[str]:
    return {part for part, _key in combined.owners.get(path.partition(".")[0], ())}


def _withdrawn(procedure: Procedure) -> str:
    return _("「%(name)s」は、いま事前入力を受け付けていないため外しました。窓口でお尋ねください。") % {
        "name": procedure.name
    }


def _row(procedure: Procedure, version: FormVersion, position: int) -> PrefillProcedure:
    return PrefillProcedure(procedure=procedure, form_version=version, position=position)


def _mark(chosen: Iterable[PrefillProcedure]) -> str:
    return ",".join(f"{one.procedure.key}:{one.form_version.number}" for one in chosen)


def _marked(mark: str) -> list[PrefillProcedure]:
    """The forms that a mark names, in its order; nothing when one of them does not exist."""
    pairs = [part.rpartition(":")[::2] for part in mark[: 100 * prefills.MAX_PROCEDURES].split(",")]
    named = FormVersion.objects.select_related("procedure").filter(procedure__key__in=[key for key, _n in pairs])
    found = {(row.procedure.key, str(row.number)): row for row in named}
    if len(pairs) > prefills.MAX_PROCEDURES or any(pair not in found for pair in pairs):
        return []
    return [_row(found[pair].procedure, found[pair], position) for position, pair in enumerate(pairs, 1)]
