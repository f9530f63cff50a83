"""Pages of questions as Django forms, and the check of a whole draft.

The same fields check one page while a person types and all pages at submission: there is no second
set of rules.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict

from applications import definition, typed
from applications.answers import Answers
from applications.enums import FieldType
from applications.fields import AnswerField, build
from applications.models import Application, Attachment

Attached = Mapping[str, Sequence[Attachment]]
"""Question key → files received for it."""


class PageForm(forms.Form):
    """One page. Give `data` to check it, or `initial` (typed values) to show it without complaints."""

    # the browser's own refusals would stop people from going back or saving unfinished work
    use_required_attribute = False

    def __init__(
        self,
        page: definition.Page,
        *,
        data: "MultiValueDict[str, str] | None" = None,
        initial: Mapping[str, Any] | None = None,
        attached: Attached | None = None,
        comments: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(data=data, initial=dict(initial or {}), prefix=typed.PREFIX)
        self.page = page
        for field in page.fields:
            self.fields[field.key] = build(field, (attached or {}).get(field.key, ()))
        self.comments = comments or {}

    def answers(self) -> Answers:
        """The answers that could be understood; blanks are absent. Call after `is_valid()`."""
        return {key: value for key, value in self.cleaned_data.items() if value is not None}

    def rows(self) -> list[tuple[forms.BoundField, str]]:
        """Every question with the handler's comment on it, or an empty text."""
        return [(bound, self.comments.get(bound.name, "")) for bound in self]

    def show_refusals(self, refusals: Mapping[str, Sequence[str]]) -> None:
        """Put the sentences about refused files at their questions; they replace "please attach a file"."""
        if not self.is_bound:
            # Django takes errors of checked forms only
            self.cleaned_data = {}
        for key, sentences in refusals.items():
            self.errors.pop(key, None)
            self.add_error(key, list(sentences))

    def has_files(self) -> bool:
        return any(field.type == FieldType.FILE for field in self.page.fields)


@dataclass(frozen=True)
class Problem:
    """One question that keeps a draft from being sent."""

    page_number: int
    key: str
    label: str
    message: str
    anchor: str
    """Id of the control on its page."""


@dataclass(frozen=True)
class Checked:
    """A whole draft after the check: what could be understood, and what is missing or wrong."""

    answers: Answers
    problems: tuple[Problem, ...]

    def pages_with_problems(self) -> set[int]:
        return {problem.page_number for problem in self.problems}


def check(form: definition.Form, draft: Mapping[str, Any], attached: Attached) -> Checked:
    """Check all pages of a draft again, as if they had just been sent."""
    answers: Answers = {}
    problems: list[Problem] = []
    for number, page in enumerate(form.pages, start=1):
        page_form = PageForm(page, data=typed.as_data(page.fields, draft), attached=attached)
        if not page_form.is_valid():
            problems.extend(_problems(page_form, number))
        answers.update(page_form.answers())
    return Checked(answers, tuple(problems))


def _problems(form: PageForm, number: int) -> Iterable[Problem]:
    for key, messages in form.errors.items():
        field = form.fields[key]
        if isinstance(field, AnswerField):
            bound = form[key]
            anchor = f"{bound.auto_id}_0" if bound.use_fieldset else bound.id_for_label
            yield Problem(number, key, field.question.label, "".join(str(message) for message in messages), anchor)


def draft_values(application: Application, form: definition.Form) -> typed.Typed:
    """What the person has typed; for a case that staff typed in, what its last revision says."""
    if application.draft_answers or not application.number:
        return dict(application.draft_answers)
    last = application.revisions.order_by("-number").first()
    return typed.from_answers(form.fields, last.answers) if last else {}


def attached_files(application: Application) -> dict[str, list[Attachment]]:
    """The files of a draft by question, oldest first, without those taken out. One query."""
    files: dict[str, list[Attachment]] = {}
    for attachment in application.attachments.filter(removed_at=None).select_related("file").order_by("id"):
        files.setdefault(attachment.field_key, []).append(attachment)
    return files


def file_names(files: Attached) -> dict[str, str]:
    """Attachment public id → name of the file."""
    return {attachment.public_id: attachment.file.name for found in files.values() for attachment in found}
