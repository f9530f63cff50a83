"""Who may see which circulars and homes: the city its own, a head those of their districts, a home its own."""

import datetime as dt
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from cityhall.days import today
from cityhall.enums import Role
from cityhall.models import Device, User
from cityhall.queries.staff import scope_of
from notices.models import Circular, CircularHome, CircularReading, District
from residents.models import Resident
from residents.queries import resident_of

PUBLISHING_ROLES = frozenset({Role.HANDLER, Role.APPROVER})
"""Roles that publish for their department, each in the department it was given for."""


HOMES_ORDER: Final = ("section", "position", "id")
"""The order of the round."""
READING_ORDER: Final = ("has_read", *HOMES_ORDER)
"""The same, with the homes that have not read it first."""
_HIGHEST_POSITION: Final = 32_000


@dataclass(frozen=True)
class Figures:
    """How far a circular has got among the homes somebody may see: on a screen, on paper, or not at all."""

    homes: int
    digital: int = 0
    paper: int = 0

    @property
    def read(self) -> int:
        return self.digital + self.paper

    @property
    def unread(self) -> int:
        return self.homes - self.read


def districts_headed_by(user: User, on: dt.date | None = None) -> QuerySet[District]:
    """Districts this person is the head of on a day; none without the role."""
    if Role.DISTRICT_HEAD not in scope_of(user).roles:
        return District.objects.none()
    day = on or today()
    lasting = Q(heads__valid_until__isnull=True) | Q(heads__valid_until__gte=day)
    return District.objects.filter(lasting, heads__user=user, heads__valid_from__lte=day, is_active=True).distinct()


def districts_kept_by(user: User) -> QuerySet[District]:
    """Districts whose homes this person may see: their own; all of them for administrators and auditors."""
    scope = scope_of(user)
    if scope.is_administrator or scope.is_auditor:
        return District.objects.filter(is_active=True)
    return districts_headed_by(user)


def publishing_departments(user: User) -> frozenset[int]:
    """Departments this person publishes for."""
    scope = scope_of(user)
    return frozenset(department for department, roles in scope.roles_in.items() if roles & PUBLISHING_ROLES)


def districts_reached_by(user: User) -> QuerySet[District]:
    """Districts this person may publish in: the city in all, a head in their own."""
    scope = scope_of(user)
    if scope.is_administrator or publishing_departments(user):
        return District.objects.filter(is_active=True)
    return districts_headed_by(user)


def circulars_for(user: User) -> QuerySet[Circular]:
    """Circulars staff may see: of their departments, and what reached the districts they are the head of.

    Administrators and auditors see all. A draft of a head is their own affair.
    """
    circulars = Circular.objects.select_related("department", "created_by", "file").prefetch_related("districts")
    scope = scope_of(user)
    if scope.is_administrator or scope.is_auditor:
        return circulars
    here = _in_districts(districts_headed_by(user))
    begun = Q(published_at__isnull=False) | Q(created_by=user, department__isnull=True)
    return circulars.filter(Q(department__in=publishing_departments(user)) | (Q(pk__in=here) & begun))


def may_manage(circular: Circular, user: User) -> bool:
    """Whether this person may change, publish and withdraw it: its department, or the heads of all its districts."""
    if not user.has_perm("notices.change_circular"):
        return False
    if scope_of(user).is_administrator:
        return True
    if circular.department_id is not None:
        return circular.department_id in publishing_departments(user)
    own = {district.pk for district in districts_headed_by(user)}
    return bool(own) and {district.pk for district in circular.districts.all()} <= own


@dataclass(frozen=True)
class _Sight:
    """Which homes somebody may see; read once for a whole list."""

    everywhere: bool
    departments: frozenset[int]
    own: frozenset[int]

    @classmethod
    def of(cls, user: User) -> "_Sight":
        scope = scope_of(user)
        return cls(
            everywhere=scope.is_administrator or scope.is_auditor,
            departments=publishing_departments(user),
            own=frozenset(districts_headed_by(user).values_list("pk", flat=True)),
        )

    def districts_of(self, circular: Circular) -> list[District]:
        districts = list(circular.districts.all())
        if self.everywhere or circular.department_id in self.departments:
            return districts
        return [district for district in districts if district.pk in self.own]


def districts_shown(circular: Circular, user: User) -> list[District]:
    """Districts of a circular whose homes this person may see: a head only their own."""
    return _Sight.of(user).districts_of(circular)


def figures_of(circulars: Iterable[Circular], user: User) -> dict[int, Figures]:
    """Homes and readings of several circulars, in two queries and those for the person's scope."""
    sight = _Sight.of(user)
    shown = {circular.pk: {district.pk for district in sight.districts_of(circular)} for circular in circulars}
    counts = figures_by_district(shown, set().union(*shown.values()))
    return {
        circular: Figures(
            homes=sum(counts[circular, district].homes for district in districts),
            digital=sum(counts[circular, district].digital for district in districts),
            paper=sum(counts[circular, district].paper for district in districts),
        )
        for circular, districts in shown.items()
    }


def figures_by_district(circulars: Collection[int], districts: Collection[int]) -> dict[tuple[int, int], Figures]:
    """(circular, district) → homes there today, and how many of them have read it."""
    homes = CircularHome.objects.filter(district__in=districts, ended_at__isnull=True).order_by()
    of_district = Counter(dict(homes.values_list("district").annotate(Count("id"))))
    readings = CircularReading.objects.filter(
        circular__in=circulars, home__district__in=districts, home__ended_at__isnull=True
    )
    read = Counter({tuple(key): count for *key, count in _grouped(readings)})
    return {
        (circular, district): Figures(
            of_district[district],
            digital=read[circular, district, False],
            paper=read[circular, district, True],
        )
        for circular in circulars
        for district in districts
    }


def _grouped(readings: QuerySet[CircularReading]) -> Iterable[tuple[int, int, bool, int]]:
    return readings.order_by().values_list("circular", "home__district", "on_paper").annotate(Count("id"))


def homes_to_read(circular: Circular, district: District) -> QuerySet[CircularHome]:
    """The homes of a district, each with `has_read`; to be paged in `READING_ORDER`."""
    readings = CircularReading.objects.filter(circular=circular, home=OuterRef("pk"))
    return living_homes(district).annotate(has_read=Exists(readings)).order_by(*READING_ORDER)


def readings_of(circular: Circular, homes: Iterable[CircularHome]) -> dict[int, CircularReading]:
    """Home → its reading, of those that have one."""
    readings = circular.readings.filter(home__in=[home.pk for home in homes])
    return {reading.home_id: reading for reading in readings}


def search_homes(homes: QuerySet[CircularHome], text: str) -> QuerySet[CircularHome]:
    """Homes whose name or section has these words, in either width, or whose place in the round is this number."""
    typed = text.strip()
    plain = unicodedata.normalize("NFKC", typed)
    found = Q()
    for words in {typed, plain}:
        found |= Q(name__icontains=words) | Q(section__icontains=words)
    if plain.isdecimal() and len(plain) < len(str(_HIGHEST_POSITION)) + 1 and int(plain) <= _HIGHEST_POSITION:
        found |= Q(position=int(plain))
    return homes.filter(found) if typed else homes


def living_homes(district: District) -> QuerySet[CircularHome]:
    """The homes the circular goes round in, in their order."""
    return district.homes.filter(ended_at__isnull=True).select_related("device").order_by(*HOMES_ORDER)


def on_display(on: dt.date | None = None) -> QuerySet[Circular]:
    """Circulars that can be read on a day, newest first; the last day counts."""
    lasting = Q(ends_on__isnull=True) | Q(ends_on__gte=on or today())
    shown = Circular.objects.filter(lasting, published_at__isnull=False, withdrawn_at__isnull=True)
    return shown.select_related("department", "file").order_by("-published_at", "-id")


def is_on_display(circular: Circular, on: dt.date | None = None) -> bool:
    """The same question about one of them."""
    is_over = circular.ends_on is not None and circular.ends_on < (on or today())
    return circular.published_at is not None and circular.withdrawn_at is None and not is_over


def has_gone_round(public_id: str, district: District) -> bool:
    """Whether the homes of a district could read it once; it may be over, or taken back."""
    return Circular.objects.filter(public_id=public_id, districts=district, published_at__isnull=False).exists()


def circulars_for_homes(homes: Collection[CircularHome]) -> QuerySet[Circular]:
    """What the homes can read today, with `is_read`: unread first, then the newest."""
    here = _in_districts({home.district_id for home in homes})
    readings = CircularReading.objects.filter(circular=OuterRef("pk"), home__in=[home.pk for home in homes])
    return (
        on_display()
        .filter(pk__in=here)
        .prefetch_related("districts")
        .annotate(is_read=Exists(readings))
        .order_by("is_read", "-published_at", "-id")
    )


def homes_of(user: User) -> list[CircularHome]:
    """The homes a resident reads for: those of their household (rarely more than one)."""
    resident = resident_of(user)
    if resident is None or resident.household_id is None:
        return []
    homes = CircularHome.objects.filter(
        household=resident.household_id, ended_at__isnull=True, district__is_active=True
    )
    return list(homes.select_related("district").order_by("id"))


def home_of_tablet(device: Device) -> CircularHome | None:
    """The home in which this tablet hangs."""
    homes = CircularHome.objects.filter(device=device, ended_at__isnull=True, district__is_active=True)
    return homes.select_related("district").first()


def districts_to_join(resident: Resident) -> list[District]:
    """Districts of the town this person lives in that their household has not joined."""
    if resident.household_id is None or not resident.town:
        return []
    joined = CircularHome.objects.filter(household=resident.household_id, ended_at__isnull=True)
    free = District.objects.filter(is_active=True).exclude(pk__in=joined.values("district"))
    # towns are a list in the row: both databases compare lists differently, and there are few districts
    return [district for district in free if resident.town in district.towns]


def _in_districts(districts: QuerySet[District] | Collection[int]) -> QuerySet[Circular, int]:
    through = Circular.districts.through.objects.filter(district__in=districts)
    return through.values_list("circular_id", flat=True)  # type: ignore[return-value]
