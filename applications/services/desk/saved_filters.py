"""Filters of the work list that somebody gave a name (保存した絞り込み). Only their owner sees them."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext, gettext_lazy

from applications.models import SavedFilter
from cityhall.db import violated
from cityhall.errors import DomainError, StaleState
from cityhall.models import User
from cityhall.text import clean_text

MAX_FILTERS = 20
"""Of one person: more is no help to find one."""
KEPT = frozenset({"state", "procedure", "handler", "due", "unread"})
"""What of the filter form is kept. Words somebody looked for a person with are not."""

_NAME_UNIQUE = "saved_filter_name_unique"


class NameTaken(DomainError):
    """Another filter of the person has this name."""

    code = "name_taken"
    message = gettext_lazy("同じ名前の絞り込みがあります。別の名前を付けてください。")


class NameMissing(DomainError):
    """A filter without a name."""

    code = "name_missing"
    message = gettext_lazy("絞り込みの名前を入力してください。")


class TooManyFilters(DomainError):
    """The person has all they may have."""

    code = "too_many_filters"

    def __init__(self) -> None:
        super().__init__(
            gettext("保存できる絞り込みは%(count)s件までです。不要なものを削除してください。") % {"count": MAX_FILTERS}
        )


def save_filter(*, by: User, name: str, query: Mapping[str, Any], opens_first: bool = False) -> SavedFilter:
    """Keep a filter under a name. Locks the person. Raises NameMissing, NameTaken, TooManyFilters."""
    label = _name(name)
    kept = {key: value for key, value in query.items() if key in KEPT and value not in ("", None, False)}
    try:
        with transaction.atomic():
            _lock(by)
            if SavedFilter.objects.filter(user=by).count() >= MAX_FILTERS:
                raise TooManyFilters
            if opens_first:
                SavedFilter.objects.filter(user=by, is_default=True).update(is_default=False)
            return SavedFilter.objects.create(user=by, name=label, query=kept, is_default=opens_first)
    except IntegrityError as error:
        if violated(error) == _NAME_UNIQUE:
            raise NameTaken from error
        raise


def rename_filter(*, by: User, public_id: str, name: str) -> None:
    """Give a filter another name. Raises NameMissing, NameTaken, StaleState when it was deleted."""
    label = _name(name)
    try:
        with transaction.atomic():
            count = SavedFilter.objects.filter(user=by, public_id=public_id).update(name=label)
    except IntegrityError as error:
        if violated(error) == _NAME_UNIQUE:
            raise NameTaken from error
        raise
    if count != 1:
        raise StaleState


def open_first(*, by: User, public_id: str) -> None:
    """Make a filter the one the work list opens with; without an id none is. Locks the person. Raises StaleState."""
    with transaction.atomic():
        _lock(by)
        SavedFilter.objects.filter(user=by, is_default=True).update(is_default=False)
        if public_id and SavedFilter.objects.filter(user=by, public_id=public_id).update(is_default=True) != 1:
            raise StaleState


def delete_filter(*, by: User, public_id: str) -> None:
    """Delete a filter; twice changes nothing."""
    SavedFilter.objects.filter(user=by, public_id=public_id).delete()


def _lock(by: User) -> None:
    """Two windows at once: the second waits here and then sees what the first wrote."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)


def _name(name: str) -> str:
    label = clean_text(name.strip())[:40]
    if not label:
        raise NameMissing
    return label
