"""A visit without writing, without a person: prefilled at home, booked, checked in, asked, signed, received, printed.

The real web server and worker in a real browser with a camera, and a card on the virtual reader of a real pcscd. Then
the whole visit once more, with every button tapped twice and a worker that is killed. Prints each step with what it
saw; leaves a picture of each screen, which breaks no rule of accessibility, and the papers in a folder it names. Runs
at any hour before ten in the evening.
"""

import sys
import time
from pathlib import Path

import demo_servers
import walk as walking
from walk import Walk

sys.path.insert(0, str(demo_servers.ROOT))
import counter_card
import counter_desk
import counter_home
import counter_trials
import hall_supply

OUTBOX, BRIDGE = "HANDOVER_DIR", "CARD_BRIDGE_URL"
PAPERS = {"guide": "手続案内書", "forms": "書面が必要な様式", "others": "そのほかの様式", "slips": "引継票"}
FIRST, SECOND = "aoi@example.jp", "aoi.again@example.jp"
UNTIL_FIRST = 20
AFTER_KILL = 200
"""Seconds: what a killed worker held is taken up when its lease of two minutes is over."""


def walk_through(walk: Walk, env: dict[str, str]) -> None:
    """The visit, the visit again, and what is tried out beside it."""
    outbox = Path(env[OUTBOX])
    hall_supply.open_late(walk)
    if why := counter_card.why_not():
        walk.say(f"カードは読まない: {why}")
        visit(walk, outbox)
    else:
        with counter_card.reader(env, walk.folder):
            visit(walk, outbox, bridge=env[BRIDGE])
    numbers = visit_again(walk, outbox)
    counter_trials.fill_in_at_hall(walk)
    counter_trials.try_at_home(walk)
    counter_trials.try_at_hall(walk)
    see_handed_over(walk, outbox, numbers)


def visit(walk: Walk, outbox: Path, *, bridge: str = "") -> None:
    """A family of four, from the phone at home to numbers and papers."""
    page = counter_home.find_out(walk)
    brought = counter_home.fill_in(walk, page)
    counter_home.print_at_home(walk, page, brought)
    when = counter_home.book(walk, page, FIRST)
    walk.say(f"住民: 同じ流れで予約した（{when}）。QRコードは同じ一つ")
    label = counter_desk.check_in(walk, brought)
    desk = counter_desk.call(walk, label)
    counter_desk.begin(walk, desk, brought)
    walk.say("窓口のタブレット: 同じQRコードをカメラが読み取った。スキャナーで二度目に読んでも同じ来庁")
    if bridge:
        counter_card.read(walk, desk, bridge)
    counter_desk.identify(walk, desk)
    asked = counter_desk.ask(walk, desk)
    counter_desk.read_and_sign(walk, desk)
    numbers = counter_desk.receive(walk, desk)
    walk.say(f"聞いたのは{asked}問だけ。住民が画面を読み、署名した。{len(numbers)}件の受付: {'、'.join(numbers)}")
    seconds = counter_desk.handed_over(outbox, numbers)
    walk.say(f"{seconds:.0f}秒で{len(numbers)}件を業務システムのフォルダーへ引き渡した")
    sizes = counter_desk.print_all(walk, desk)
    papers = "、".join(f"{name}{sizes[key]}ページ" for key, name in PAPERS.items())
    walk.say(f"印刷: {papers}。2回目は「再発行」")
    counter_desk.finish(walk, desk)


def visit_again(walk: Walk, outbox: Path) -> list[str]:
    """The same with a nervous finger, and a worker killed while it hands over. The numbers."""
    before = set(outbox.glob("*.json"))
    walk.taps_twice = True
    page = counter_home.find_out(walk)
    brought = counter_home.fill_in(walk, page)
    counter_home.book(walk, page, SECOND)
    label = counter_desk.check_in(walk, brought)
    desk = counter_desk.call(walk, label)
    counter_desk.begin(walk, desk, brought)
    counter_desk.identify(walk, desk)
    counter_desk.ask(walk, desk)
    counter_desk.read_and_sign(walk, desk)
    handed = []
    numbers = counter_desk.receive(walk, desk, lambda: handed.append(kill_at_first(walk, outbox, before)))
    walk.product.start("worker")
    counter_desk.print_all(walk, desk)
    counter_desk.finish(walk, desk)
    walk.taps_twice = False
    walk.mails.wait_for(SECOND, "予約")
    booked = [mail for mail in walk.mails.mails if SECOND in str(mail["To"])]
    if len(booked) != 1 or len(numbers) != len(counter_home.WANTED):
        raise AssertionError(f"{len(booked)} mails and {numbers} of one visit")
    walk.say(f"もう一度、すべてのボタンを二度押し: 予約メール1通、受付{len(numbers)}件")
    walk.say(f"引き渡しの途中でワーカーをkill -9（引き渡し済み{handed[0]}件）、入れ直した")
    return numbers


def kill_at_first(walk: Walk, outbox: Path, before: set[Path]) -> int:
    """Kill the worker as soon as it has handed over the first case. How many it had by then."""
    deadline = time.monotonic() + UNTIL_FIRST
    while not (found := set(outbox.glob("*.json")) - before) and time.monotonic() < deadline:
        time.sleep(0.005)
    walk.product.kill("worker")
    return len(found)


def see_handed_over(walk: Walk, outbox: Path, numbers: list[str]) -> None:
    """What the killed worker left has been handed over, each case once."""
    counter_desk.handed_over(outbox, numbers, AFTER_KILL)
    files = [path.name for path in outbox.glob("*.json")]
    if len(files) != 2 * len(numbers):
        raise AssertionError(f"handed over: {sorted(files)}")
    walk.say(f"ワーカーが戻り、残りも引き渡した。2回の来庁で{len(files)}件、重複なし")


def main() -> int:
    settings = {BRIDGE: f"http://127.0.0.1:{demo_servers.free_port()}"}
    return walking.run(walk_through, "A visit without writing works.", settings)


if __name__ == "__main__":
    sys.exit(main())
