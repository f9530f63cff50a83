"""What the page of certificates shows: the certificates as buttons, and the questions that are left."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from http import HTTPMethod

from django.utils import timezone

from applications.concepts import concept_of
from applications.enums import FieldType
from applications.form_pages import PageForm
from applications.models import Procedure
from cityhall.days import today
from counter.at_once import is_about_pickup, with_presets
from counter.queries.certificates import desk_certificates
from counter.queries.procedures import hindrance_of
from counter.queries.sources import given_of
from counter.views.desk.asking import MISSING, ON_PAGE, Asking, Question, Screen

_NOT_HERE = frozenset({FieldType.ATTRIBUTE, FieldType.HIDDEN, FieldType.HEADING})


@dataclass(frozen=True)
class Tile:
    """A certificate as a big button; pressed once it is asked for, pressed again it is not."""

    procedure: Procedure
    is_chosen: bool
    hindrance: str = ""


@dataclass(frozen=True)
class Group:
    """Questions of one certificate; without a title those of several."""

    title: str
    questions: Sequence[Question]


@dataclass
class CertificateScreen(Screen):
    """The page of what is missing for certificates: their own questions, and of the person what nobody knows."""

    @cached_property
    def asking(self) -> Asking:
        given = given_of(self.visit, self.combined, self.user)
        values = with_presets(self.combined, dict(self.visit.values), today=today())
        asking = self.veil(Asking(self.combined, values, given))
        return replace(asking, keys=self._sent or tuple(self._asked_here(asking)))

    @cached_property
    def _sent(self) -> tuple[str, ...]:
        """The questions of the page that was sent."""
        is_sent = self.request.method == HTTPMethod.POST and ON_PAGE in self.request.POST
        return tuple(dict.fromkeys(self.request.POST[ON_PAGE].split())) if is_sent else ()

    def _asked_here(self, asking: Asking) -> Iterator[str]:
        """Not what the city knows of the person, and not where they pick it up; unless something is wrong with it."""
        wrong = {one.key.partition(".")[0] for one in asking.checked.problems}
        for field in self.combined.form.fields:
            concept = concept_of(field.concept) if field.concept else None
            is_known = field.concept.startswith("applicant.") if concept else False
            is_known = is_known or is_about_pickup(self.combined, field.key)
            if field.type in _NOT_HERE or (field.type == FieldType.EXPLANATION and field.visible_when is None):
                continue
            if field.key in wrong or not is_known:
                yield field.key

    def again(self) -> Asking:
        """The page as it is asked now, whatever was sent."""
        return replace(self.asking, keys=tuple(self._asked_here(self.asking)))

    def groups(self, form: PageForm) -> list[Group]:
        """The questions under the name of their certificate."""
        names = {one.procedure.key: one.procedure.name for one in self.chosen}
        found: dict[str, list[Question]] = {}
        for question in self.questions(form, MISSING):
            key = question.block.path.partition(".")[0]
            parts = {part for part, _path in self.combined.owners.get(key, ())}
            title = names.get(next(iter(parts)), "") if len(parts) == 1 else ""
            found.setdefault(title, []).append(question)
        return [Group(title, questions) for title, questions in found.items()]

    def tiles(self) -> list[Tile]:
        """What can be asked for here; and what was chosen, even where the city withdrew it meanwhile."""
        now, chosen = timezone.now(), {one.procedure for one in self.chosen}
        offered = desk_certificates(self.user)
        gone = [one for one in chosen if one not in offered]
        return [
            *(Tile(one, one in chosen) for one in offered),
            *(Tile(one, is_chosen=True, hindrance=hindrance_of(one, self.user, now)) for one in gone),
        ]
