"""A visit without writing, without a person: prefilled at home, booked, checked in, asked, signed, received, printed.

The real web server and worker in a real browser with a camera. Prints each step with what it saw; leaves a picture of
each screen and the papers in a folder it names. Runs at any hour before ten in the evening.
"""

import sys
from pathlib import Path

import demo_servers
import walk as walking
from walk import Walk

sys.path.insert(0, str(demo_servers.ROOT))
import counter_desk
import counter_home

OUTBOX = "HANDOVER_DIR"
PAPERS = {"guide": "手続案内書", "forms": "様式", "slips": "引継票"}


def walk_through(walk: Walk, env: dict[str, str]) -> None:
    """The whole visit."""
    page = counter_home.find_out(walk)
    brought = counter_home.fill_in(walk, page)
    counter_home.book(walk, page)
    label = counter_desk.check_in(walk, brought)
    desk = counter_desk.call(walk, label)
    counter_desk.begin(walk, desk, brought)
    counter_desk.identify(walk, desk)
    walk.product.stop("worker")
    asked = counter_desk.ask(walk, desk)
    walk.say(f"窓口のタブレット: 同じQRコードで入力が開いた。聞いたのは{asked}問だけ")
    counter_desk.read_and_sign(walk, desk)
    numbers = counter_desk.receive(walk, desk)
    walk.say(f"住民が画面を読み、署名した。二度押しても{len(numbers)}件の受付: {'、'.join(numbers)}")
    walk.product.start("worker")
    seconds = counter_desk.handed_over(walk, Path(env[OUTBOX]), numbers)
    walk.say(f"ワーカーは止まっていた。戻ると{seconds:.0f}秒で{len(numbers)}件を業務システムのフォルダーへ引き渡した")
    sizes = counter_desk.print_all(walk, desk)
    papers = "、".join(f"{name}{sizes[key]}ページ" for key, name in PAPERS.items())
    walk.say(f"印刷: {papers}。2回目は「再発行」")
    counter_desk.finish(walk, desk)


def main() -> int:
    return walking.run(walk_through, "A visit without writing works.")


if __name__ == "__main__":
    sys.exit(main())
