"""A guide as Python sees it: frozen dataclasses without a database behind them."""

from dataclasses import dataclass

from applications.conditions import Condition, Value
from applications.definition import Form


@dataclass(frozen=True)
class Event:
    """The question whose answer is the day everything is counted from, and which days are believable.

    `future_days` is 0 where the event cannot lie ahead (a death), more where people plan it (a move).
    """

    question: str
    future_days: int = 0
    long_ago_years: int = 10


@dataclass(frozen=True)
class Reason:
    """Why a result is named for this person; one with a condition only where that holds."""

    text: str
    when: Condition | None = None


@dataclass(frozen=True)
class Due:
    """By when. `text` is what the law says; the day follows from `start`, a value of the condition language.

    Days, months and years are counted from `start`, which is day 0 (民法140条); where the law counts the first day
    (戸籍法43条) the file has a day less. `moves` lets a day on which the office is closed become the next open one.
    `opens` is the first day on which it can be done.
    """

    text: str
    start: Value | None = None
    days: int = 0
    months: int = 0
    years: int = 0
    moves: bool = False
    is_soon: bool = False
    opens: Value | None = None
    late: str = ""


@dataclass(frozen=True)
class Office:
    """Where. A department of the city by its code, or another office in words."""

    department: str = ""
    name: str = ""
    place: str = ""
    hours: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Elsewhere:
    """Another place where the same is done: コンビニ交付, マイナポータル, 郵便局."""

    name: str
    url: str = ""
    fee: str = ""
    note: str = ""


@dataclass(frozen=True)
class Result:
    """Something the person may have to do. `procedure` is a key of the catalogue, or empty for what is not in it."""

    key: str
    title: str
    text: str
    reasons: tuple[Reason, ...]
    due: Due
    office: Office
    procedure: str = ""
    when: Condition | None = None
    fee: str = ""
    papers: tuple[str, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()


@dataclass(frozen=True)
class Telling:
    """What answers say in the words of the vocabulary (concepts.yaml): `value` of the concept, where `when` holds."""

    concept: str
    value: Value
    when: Condition | None = None


@dataclass(frozen=True)
class Guide:
    """Everything one version holds. `tells`: of several with one concept the first that holds counts."""

    title: str
    intro: str
    form: Form
    event: Event
    results: tuple[Result, ...]
    tells: tuple[Telling, ...] = ()
