"""That required points of the checklist hinder a decision until somebody looked at them."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from applications.enums import DecisionKind
from applications.hindrances import finders
from applications.models import Application
from applications.queries.desk import unchecked_points


def register_checklist_hindrance() -> None:
    """Called once, from `AppConfig.ready`."""
    finders.register("applications.checklist", _unchecked, position=10)


def _unchecked(cases: Sequence[Application], _decision: DecisionKind) -> dict[int, list[str]]:
    """A refusal needs them as well: it must stand on the same looking."""
    sentence = _("審査項目「%(text)s」を確認してから決定してください。")
    return {
        case: [sentence % {"text": point.text} for point in points] for case, points in unchecked_points(cases).items()
    }
