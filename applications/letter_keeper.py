"""Decision letters as kinds of notices whose text is written here, where their placeholders are known."""

from collections.abc import Collection

from django.db.models import Q
from django.urls import reverse

from applications.models import Procedure
from applications.permissions import DESIGN_PROCEDURES
from applications.queries.letters import letter_kinds_of
from cityhall.models import User
from notices.text_keepers import text_keepers


def register_letter_keeper() -> None:
    """Called once, from `AppConfig.ready`."""
    text_keepers.register("applications.letters", keep_letters)


def keep_letters(user: User, kinds: Collection[int]) -> dict[int, str]:
    """Letters of any procedure; the address is for those whose departments send them."""
    using = Procedure.objects.filter(Q(approval_notice_type__in=kinds) | Q(refusal_notice_type__in=kinds))
    pairs = using.values_list("approval_notice_type", "refusal_notice_type")
    kept = {pk: "" for pair in pairs for pk in pair if pk in kinds}
    if user.has_perm(DESIGN_PROCEDURES):
        for pk, key in letter_kinds_of(user).filter(pk__in=kept).values_list("pk", "key"):
            kept[pk] = reverse("applications:letter_text", args=[key])
    return kept
