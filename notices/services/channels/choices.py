"""How a person wants to be told of each drawer of the inbox."""

import datetime as dt
from collections.abc import Collection, Mapping

from django.db import transaction
from django.utils import timezone

from notices.enums import Channel, InboxCategory
from notices.models import ChannelPreference
from residents.models import Resident


def choices_of(resident: Resident) -> dict[str, list[str]]:
    """Drawer → channels, where the person chose; a drawer without a choice is told over every way they have."""
    return dict(ChannelPreference.objects.filter(resident=resident).values_list("inbox_category", "channels"))


def save_choices(*, resident: Resident, chosen: Mapping[str, Collection[str]], now: dt.datetime | None = None) -> None:
    """Keep what the person chose for each drawer; names that are none are left out."""
    moment = now or timezone.now()
    with transaction.atomic():
        for category in InboxCategory:
            if category in chosen:
                channels = [channel for channel in Channel if channel in chosen[category]]
                ChannelPreference.objects.update_or_create(
                    resident=resident,
                    inbox_category=category,
                    defaults={"channels": channels, "changed_at": moment},
                )
