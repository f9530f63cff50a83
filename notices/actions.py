"""Where the button of a notice may lead. Apps above register what they have; `AppConfig.ready` fills the registry."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from cityhall.registry import Registry
from notices.models import Notice

Choices = list[tuple[str, str]]


@dataclass(frozen=True)
class ActionKind:
    """A kind of thing that a button opens.

    `choices` lists what may be chosen now, (key, label). `url` is the address for the person who opens it, made of
    the key of the thing and the notice; the address is no right: the page asks who comes. What goes along
    (`Notice.action_values`) is about a person and stays out of it: the page reads it from the notice.
    """

    key: str
    name: str | Promise
    choices: Callable[[], Choices]
    url: Callable[[str, Notice], str]


action_kinds: Registry[ActionKind] = Registry()
NOTICE_PARAMETER = "notice"
"""How an address names the notice it was opened from: by its public id."""


def register_action(kind: ActionKind, *, position: int = 100) -> None:
    """Called from `AppConfig.ready` of the app that has the thing."""
    action_kinds.register(kind.key, kind, position=position)


def find_action(key: str) -> ActionKind | None:
    """The kind of this key."""
    return next((kind for kind in action_kinds if kind.key == key), None)


def action_url(notice: Notice) -> str:
    """Where the button of a notice leads; "" when it has none, or its kind is not known any more."""
    kind = find_action(notice.action_kind)
    return kind.url(notice.action_target, notice) if kind else ""


def target_label(kind_key: str, target: str) -> str:
    """What a button leads to, in words; "" for what cannot be chosen now (closed, renamed)."""
    kind = find_action(kind_key)
    return dict(kind.choices()).get(target, "") if kind else ""


def grouped_choices() -> list[tuple[str, Choices]]:
    """Everything a button may lead to, for one drop-down: values are `kind:target`."""
    return [(str(kind.name), [(f"{kind.key}:{key}", label) for key, label in kind.choices()]) for kind in action_kinds]
