"""Reads for extracts: who may make which, the cases of one, and those cases in small portions."""

import datetime as dt
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from applications.definition import Form, form_of
from applications.enums import ExtractScope
from applications.extracts.attachments import Answered, files_in
from applications.extracts.columns import CaseRow, Offer
from applications.extracts.facts import SentCase
from applications.extracts.parts import Reading
from applications.extracts.writing import Writing
from applications.models import (
    Application,
    ApplicationRevision,
    Attachment,
    Extract,
    ExtractedCase,
    ExtractProfile,
    FormVersion,
    Procedure,
)
from applications.permissions import CaseRight
from applications.queries.applicants import has_protected_address
from applications.queries.scope import scope_for
from cityhall.days import TOKYO
from cityhall.models import StoredFile, User
from residents.permissions import VIEW_PROTECTED_ADDRESS

CHUNK = 500
"""Cases that are in memory at once."""
_WIDE = (
    "draft_answers",
    "link_values",
    "page_states",
    "procedure__description",
    "procedure__search_text",
    "procedure__catalogue_settings",
)


@dataclass(frozen=True)
class Limits:
    """Which cases of the procedure: sent from and until a day, in one of these states (all without any)."""

    start: dt.date | None = None
    end: dt.date | None = None
    states: tuple[str, ...] = ()

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Limits":
        start, end = (dt.date.fromisoformat(day) if (day := stored.get(key)) else None for key in ("from", "until"))
        return cls(start, end, tuple(stored.get("states", ())))

    def stored(self) -> dict[str, Any]:
        days = {"from": self.start, "until": self.end}
        return {key: day.isoformat() if day else None for key, day in days.items()} | {"states": list(self.states)}

    def condition(self) -> Q:
        """The limits as a filter; days are those of Tokyo, the last one counts."""
        found = Q()
        if self.start:
            found &= Q(submitted_at__gte=_midnight(self.start))
        if self.end:
            found &= Q(submitted_at__lt=_midnight(self.end + dt.timedelta(days=1)))
        return found & Q(state__in=self.states) if self.states else found


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), TOKYO)


def extractable(user: User) -> QuerySet[Procedure]:
    """Procedures whose cases a person processes."""
    scope = scope_for(user, CaseRight.PROCESS)
    if not scope:
        return Procedure.objects.none()
    # internal surveys write their answers to a file on their own pages
    with_form = Procedure.objects.filter(scope.procedure_condition(), current_version__isnull=False)
    return with_form.without_surveys()


def profiles_of(user: User) -> QuerySet[ExtractProfile]:
    """Profiles of procedures whose cases a person processes."""
    scope = scope_for(user, CaseRight.PROCESS)
    if not scope:
        return ExtractProfile.objects.none()
    # one list of ids instead of a join: the condition speaks of procedures
    procedures = Procedure.objects.filter(scope.procedure_condition())
    return ExtractProfile.objects.filter(procedure__in=procedures).select_related("procedure", "department")


def may_extract(user: User, procedure: Procedure) -> bool:
    """Whether a person may take the cases of a procedure out."""
    return user.is_active and extractable(user).filter(pk=procedure.pk).exists()


def may_fetch(user: User, extract: Extract) -> bool:
    """Whether a person may download this file: addresses that are protected from them are not in it."""
    if not may_extract(user, extract.profile.procedure):
        return False
    return not extract.report.get("protected_shown") or user.has_perm(VIEW_PROTECTED_ADDRESS)


def forms_of(procedure: Procedure) -> dict[int, tuple[int, Form]]:
    """Number and form of every version by its id, newest first. One query."""
    versions = FormVersion.objects.filter(procedure=procedure).order_by("-number")
    return {version.pk: (version.number, form_of(version)) for version in versions}


def offer_of(procedure: Procedure) -> Offer:
    """The columns that may be chosen for a procedure."""
    return Offer([form for _number, form in forms_of(procedure).values()])


def selection(
    *, profile: ExtractProfile, by: User, limits: Limits, scope: str, version: int | None
) -> QuerySet[Application]:
    """The cases that an extract by this person takes, as of now. Drafts and trials are nobody's business."""
    cases = Application.objects.filter(
        scope_for(by, CaseRight.PROCESS).condition(),
        limits.condition(),
        procedure=profile.procedure_id,
        submitted_at__isnull=False,
        disposed_at__isnull=True,
    )
    if version is not None:
        cases = cases.filter(form_version__number=version)
    return cases.filter(~_taken(profile)) if scope == ExtractScope.NEW else cases


def _taken(profile: ExtractProfile) -> Exists:
    """That the newest answers of a case went out with an earlier extract of the profile, or lie ready to be fetched."""
    newest = ApplicationRevision.objects.filter(application=OuterRef(OuterRef("pk"))).order_by("-number")
    return Exists(
        ExtractedCase.objects.filter(
            profile=profile, application=OuterRef("pk"), revision_number=Subquery(newest.values("number")[:1])
        ).exclude(went_to_nobody(timezone.now()))
    )


def went_to_nobody(now: dt.datetime) -> Q:
    """Marks of files that were gone before anybody fetched them."""
    return Q(extract__fetched_at__isnull=True, extract__expires_at__lte=now)


def ids_of(cases: QuerySet[Application]) -> "array[int]":
    """The ids in the order of filing, eight bytes each: the set stays the same however long the writing takes."""
    return array("q", cases.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=5000))


@dataclass
class CaseReader:
    """Reads cases in portions. Counts whose address was protected, and whether the reader saw it all the same."""

    procedure: Procedure
    writing: Writing
    by: User
    needs_names: bool = True
    hidden: int = 0
    shown: int = 0
    forms: dict[int, tuple[int, Form]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.forms = self.forms or forms_of(self.procedure)
        self._may_see = self.by.has_perm(VIEW_PROTECTED_ADDRESS)

    def portions(self, cases: QuerySet[Application], ids: Sequence[int], size: int = CHUNK) -> Iterator[list[CaseRow]]:
        """The cases with these ids that still belong to the set, `size` at a time. Three queries a portion."""
        for start in range(0, len(ids), size):
            yield self.read(cases, list(ids[start : start + size]))

    def read(self, cases: QuerySet[Application], ids: Sequence[int]) -> list[CaseRow]:
        """One portion in the order of filing; a case without answers has nothing to give."""
        rows = cases.filter(pk__in=ids).select_related(
            "procedure", "department", "handler", "decided_by", "resident__merged_into"
        )
        newest = self._newest(ids)
        names = self._names(ids) if self.needs_names else {}
        return [
            self._row(case, newest[case.pk], names) for case in rows.defer(*_WIDE).order_by("pk") if case.pk in newest
        ]

    def _row(self, case: Application, revision: ApplicationRevision, names: Mapping[str, str]) -> CaseRow:
        number, form = self.forms[case.form_version_id]
        is_protected = case.resident is not None and has_protected_address(case.resident)
        self.hidden += is_protected and not self._may_see
        self.shown += is_protected and self._may_see
        sent = SentCase(case=case, revision=revision, version=number, is_protected=is_protected)
        return CaseRow(sent, form, Reading(self.writing, names), hides_address=is_protected and not self._may_see)

    def _newest(self, ids: Sequence[int]) -> dict[int, ApplicationRevision]:
        sent = ApplicationRevision.objects.filter(application__in=ids).order_by("application_id", "number")
        return {revision.application_id: revision for revision in sent}

    def _names(self, ids: Sequence[int]) -> dict[str, str]:
        return dict(Attachment.objects.filter(application__in=ids).values_list("public_id", "file__name"))


@dataclass(frozen=True)
class CaseFiles:
    """The files that the newest answers of a case name, each with what is stored (None: gone)."""

    row: CaseRow
    files: list[tuple[Answered, StoredFile | None]]


def files_of_cases(rows: Sequence[CaseRow]) -> Iterator[CaseFiles]:
    """The files of these cases. One query."""
    answered = [(row, list(files_in(row.form, row.answers))) for row in rows]
    wanted = Attachment.objects.filter(application__in=[row.sent.case.pk for row in rows]).select_related("file")
    stored = {(one.application_id, one.public_id): one.file for one in wanted}
    for row, named in answered:
        case = row.sent.case.pk
        yield CaseFiles(row, [(one, stored.get((case, one.public_id))) for one in named])


def latest_extracts(profiles: Sequence[ExtractProfile]) -> dict[int, Extract]:
    """The newest extract of each profile. One query, and an index entry a profile."""
    newest = Extract.objects.filter(profile=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    ids = ExtractProfile.objects.filter(pk__in=[profile.pk for profile in profiles]).values_list(Subquery(newest))
    return {one.profile_id: one for one in Extract.objects.filter(pk__in=ids).select_related("by")}
