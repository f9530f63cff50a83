"""Walking through the pages of booking with the test client, as a browser without scripts does."""

import re

from django.urls import reverse

from cityhall.days import TOKYO
from reservations.models import Reservation

GUEST = {
    "name": "山田 花子",
    "kana": "やまだ はなこ",
    "email": "hanako@example.jp",
    "phone": "090-1111-2222",
    "note": "",
}


def url(name, *parts):
    return reverse(f"reservations:{name}", args=parts)


def day_url(slot, service, query="people=1"):
    return url("booking_day", service.key, slot.place.key, slot.business_day.isoformat()) + f"?{query}"


def press_time(client, slot, service, *, query="people=1", key="key-1"):
    """Press the button of a time; the answer."""
    return client.post(day_url(slot, service, query), {"time": local_clock(slot), "request_key": key})


def local_clock(slot):
    return slot.starts_at.astimezone(TOKYO).strftime("%H:%M")


def held(client, slot, service, **more):
    """Hold a time; the row."""
    answer = press_time(client, slot, service, **more)
    assert answer.status_code == 302, answer.text
    return Reservation.objects.get(public_id=answer.url.split("/")[3])


def give_contact(client, reservation, **values):
    return client.post(url("booking_contact", reservation.public_id), GUEST | values)


def press_book(client, reservation, **values):
    data = {"revision": reservation.revision} | values
    return client.post(url("booking_check", reservation.public_id), data)


def book(client, slot, service, *, contact=None, **more):
    """All the way; the row."""
    reservation = held(client, slot, service, **more)
    assert give_contact(client, reservation, **(contact or {})).status_code == 302
    answer = press_book(client, reservation)
    assert answer.url == url("reservation_done", reservation.public_id)
    reservation.refresh_from_db()
    return reservation


def shown_messages(page):
    """The sentences of the banners, without what is said to screen readers first."""
    found = re.findall(r'<p class="banner__title">.*?<span>(.*?)</span></p>', page, re.DOTALL)
    return [re.sub(r"<[^>]+>", "", text).strip() for text in found]
