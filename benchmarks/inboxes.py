"""Very many notices, written by the database itself, and how long the page of one person's takes among them."""

import time

from django.db import connection
from django.test import Client
from django.urls import reverse

from benchmarks.measure import percentile
from cityhall.models import User
from notices.enums import NoticeState
from notices.models import Notice

REQUESTS = 60
_PREFIX = "figures-"
_OWN = 40
"""What the person whose page is measured has: as many at both sizes."""

# one notice of the demo, over and over, each to somebody else
_COPIES = """
INSERT INTO notices_notice ({columns})
SELECT {values}
FROM generate_series({first}, {last}) AS place
CROSS JOIN (SELECT * FROM notices_notice WHERE id = {template}) AS one
CROSS JOIN (SELECT array_agg(id ORDER BY id) AS ids FROM residents_resident
            WHERE merged_into_id IS NULL AND id <> {owner}) AS people
"""


def fill(count: int) -> None:
    """Make the table hold `count` of these notices; those there stay."""
    owner = User.objects.get(email="resident01@example.jp").resident
    template = Notice.objects.filter(recipient=owner, state=NoticeState.OPENED, campaign=None).order_by("id").first()
    if template is None:
        raise RuntimeError("the demo has no opened notice")
    there = Notice.objects.filter(request_key__startswith=_PREFIX).count()
    started = time.perf_counter()
    person = f"CASE WHEN place <= {_OWN} THEN {owner.pk} ELSE people.ids[1 + place % array_length(people.ids, 1)] END"
    moment = "now() - place % 1800 * interval '1 day'"
    special = {
        "public_id": "'figures' || lpad(place::text, 15, '0')",
        "number": "'F' || lpad(place::text, 10, '0')",
        "request_key": f"'{_PREFIX}' || place",
        "recipient_id": person,
        "subject_id": person,
        "created_at": moment,
        "available_at": moment,
    }
    names = [field.column for field in Notice._meta.concrete_fields if not field.primary_key]
    statement = _COPIES.format(
        columns=", ".join(f'"{name}"' for name in names),
        values=", ".join(special.get(name, f'one."{name}"') for name in names),
        first=there + 1,
        last=count,
        template=template.pk,
        owner=owner.pk,
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        # what autovacuum does within a minute
        cursor.execute("ANALYZE notices_notice")
    print(f"  {count:,} notices after {time.perf_counter() - started:.0f} s", flush=True)


def p95(client: Client) -> float:
    """Seconds: list, list with words, archive; each as often."""
    paths = [reverse("notices:my_notices"), f"{reverse('notices:my_notices')}?text=通知", reverse("notices:my_archive")]
    spent = []
    for number in range(REQUESTS + 6):
        path = paths[number % len(paths)]
        started = time.perf_counter()
        status = client.get(path).status_code
        if number >= 6:
            spent.append(time.perf_counter() - started)
        if status != 200:
            raise RuntimeError(f"{path}: {status}")
    return percentile(spent, 0.95)
