"""The steps of `check_notices` in their order. Import it after Django is set up."""

import time

import notices_paper
import notices_read
import notices_send
from notices_city import Inside, make_list
from walk import Walk

LATE = 5
"""How many open when their letter is due already."""


def run(walk: Walk, rows: int) -> None:
    """From the list to the last letter."""
    started, inside = time.monotonic(), Inside()
    found = inside.do(make_list, rows)
    walk.say(
        f"{rows:,}行の名簿を書いた: 正しい{found.good:,}行と、7種類の誤りを{found.faults}行ずつ。アカウントは直接登録"
    )
    address, campaign = notices_send.create(walk, inside, found)
    notices_send.match_columns(walk)
    notices_send.check(walk, inside, address, campaign, found)
    notices_send.review(walk, address)
    seen = len(walk.mails.mails)
    notices_send.approve(walk, address)
    made = notices_send.watch(walk, inside, address, campaign, seen)
    notices_read.open_in_browser(walk)
    notices_read.open_many(walk, inside, campaign, made)
    notices_read.remind(walk, inside, campaign)
    notices_paper.make_due(walk, inside, campaign)
    notices_read.open_late(walk, inside, campaign, LATE)
    notices_paper.print_and_post(walk, inside, campaign)
    returned = notices_paper.bring_back(walk, inside, campaign)
    notices_paper.prove(walk, inside, campaign, returned)
    notices_paper.add_up(walk, inside, address, campaign, rows)
    print(f"{time.monotonic() - started:,.0f} s for {rows:,} rows", flush=True)
