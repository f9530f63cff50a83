"""A day at the city hall without a person: booked, arrived, called, served, drawn, closed, counted.

The real web server and worker in a real browser, mails through a real SMTP server. Prints each step with what it saw;
leaves a picture of each screen and the mails in a folder it names. Runs at any hour before ten in the evening.
"""

import sys

import demo_servers
import walk as walking
from walk import Walk, today

sys.path.insert(0, str(demo_servers.ROOT))
import hall_booking
import hall_desks
import hall_draw
import hall_kiosk
import hall_rush
import hall_supply
from playwright.sync_api import expect

ABSENT = "留守 花代"


def walk_through(walk: Walk, _env: dict[str, str]) -> None:
    """The whole day."""
    hall_supply.open_late(walk)
    draw = hall_draw.open_draw(walk)
    hall_draw.enter(walk, draw)
    guest = hall_booking.book_as_guest(walk)
    hall_booking.change_by_mail(walk, guest)
    caller = hall_booking.book_by_phone(walk, service="inkan", day=today().isoformat())
    rush = hall_rush.press_together(walk)
    work_in_hall(walk, guest, caller)
    hall_draw.see_result(walk, draw)
    hall_booking.book_by_phone(walk, service="kokuho", day=rush.day.isoformat(), name=ABSENT, staff=hall_supply.EDITOR)
    hall_supply.close_day(walk, rush.day, rush.addresses, ABSENT)
    see_figures(walk)


def work_in_hall(walk: Walk, guest: hall_booking.Visit, caller: hall_booking.Visit) -> None:
    """Tickets, desks, the screen and a phone."""
    kiosk, display = hall_kiosk.stand_before(walk), hall_desks.hang_up_display(walk)
    desks = hall_desks.sit_down(walk)
    hall_kiosk.take_by_service(walk, kiosk)
    label, address = hall_kiosk.take_by_questions(walk, kiosk)
    hall_kiosk.check_in_by_number(walk, kiosk, caller)
    hall_kiosk.check_in_by_camera(walk, kiosk, guest)
    hall_kiosk.refuse_unknown(walk, kiosk)
    phone = hall_kiosk.follow_on_phone(walk, address)
    called = hall_desks.call_everybody(walk, desks, display)
    hall_desks.see_phone_called(walk, phone, label, called)
    hall_desks.serve_and_park(walk, desks)
    hall_desks.miss(walk, desks)
    hall_desks.transfer(walk, desks, display)
    hall_desks.lose_network(walk, display)


def see_figures(walk: Walk) -> None:
    """What the day looks like to who leads the counters."""
    page = hall_supply.office(walk)
    page.goto("/staff/figures/queue/")
    tiles = {tile.locator("dt").inner_text(): tile.locator("dd").inner_text() for tile in page.locator(".tile").all()}
    if int(tiles["対応した件数"]) < 1:
        raise AssertionError(f"nobody was served: {tiles}")
    expect(page.locator("tbody tr").first).to_be_visible()
    walk.picture(page, "figures")
    walk.say("窓口の数字: " + "、".join(f"{name} {value}" for name, value in tiles.items()))


def main() -> int:
    return walking.run(walk_through, "The city hall works.")


if __name__ == "__main__":
    sys.exit(main())
