"""Casework without a person: a family finds and files, two departments decide, a fee is paid, the past is disposed of.

The real web server and worker in a real browser. Prints each step with what it saw; leaves a picture of each screen,
the files that were downloaded and the mails in a folder it names.
"""

import sys

import demo_servers
import walk as walking
from walk import Walk

sys.path.insert(0, str(demo_servers.ROOT))
import cases_desk
import cases_family
import cases_fees
import cases_files

MEDICAL_CARD = "医療証を別に郵送します。"
WAITING_IN_DEMO = "要介護"


def walk_through(walk: Walk, _env: dict[str, str]) -> None:
    """The whole path."""
    cases_family.find(walk)
    sent = cases_family.file_all(walk)
    cases_desk.add_point(walk)
    cases_desk.propose(walk, sent.allowance)
    cases_desk.decide(walk, cases_desk.HANDLER, sent.medical, MEDICAL_CARD)
    cases_desk.sign(walk, WAITING_IN_DEMO)
    cases_desk.lend_colleague(walk)
    cases_desk.stand_in(walk)
    cases_desk.sign_for_another(walk, sent.allowance)
    cases_desk.decide(walk, cases_desk.LIFE_HANDLER, sent.certificate)
    cases_fees.pay(walk, sent.certificate)
    cases_fees.close_day(walk, sent.certificate)
    cases_files.extract(walk, sent.allowance)
    cases_files.dispose(walk)
    cases_files.take_inventory(walk)


def main() -> int:
    return walking.run(walk_through, "Casework works.")


if __name__ == "__main__":
    sys.exit(main())
