"""The topics of city news that a person has subscribed to, over whatever channel."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from cityhall.registry import SegmentFact, segment_facts
from notices.models import Topic, TopicSubscription
from residents.models import Resident


def register_interests() -> None:
    """Called once, from `AppConfig.ready`."""
    fact = SegmentFact("interests", _("関心のある話題"), "list", _interests, _topics)
    segment_facts.register(fact.key, fact, position=40)


def _topics() -> list[tuple[str, str]]:
    return list(Topic.objects.filter(is_active=True).values_list("key", "name"))


def _interests(ids: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
    """Subscriptions of browsers and LINE accounts of the person's own account, and of its verified address."""
    accounts = Resident.objects.filter(pk__in=ids, user__isnull=False).values_list("pk", "user_id", "user__email")
    by_user = {user: pk for pk, user, _email in accounts}
    by_email = {email.lower(): pk for pk, _user, email in accounts if email}
    wanted = TopicSubscription.objects.filter(ended_at__isnull=True)
    found: dict[int, set[str]] = defaultdict(set)
    for path in ("push__user", "line__user"):
        rows = wanted.filter(**{f"{path}__in": by_user}).values_list(F(f"{path}_id"), "topic__key")
        for user, key in rows:
            found[by_user[user]].add(key)
    # an address counts from its confirmation
    for email, key in wanted.filter(email__in=by_email, confirmed_at__isnull=False).values_list("email", "topic__key"):
        found[by_email[email]].add(key)
    return {pk: {"interests": tuple(sorted(keys))} for pk, keys in found.items()}
