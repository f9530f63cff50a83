"""A mass notice from a faulty list to the last letter, without a person: checked, approved, sent, read, posted, proven.

    script/demo --check notices [--rows 5000]

The real web server and worker, a real browser for what staff and one resident do, mails to a real SMTP server. Prints
each step with what it saw; leaves a picture of each screen, the list, the mails and the PDFs in a folder it names.
"""

import argparse
import os
import sys

import demo_servers
import walk as walking
from walk import Walk

sys.path.insert(0, str(demo_servers.ROOT))

LEAST_ROWS = 200
"""Fewer do not hold every fault beside people who are right."""


def main() -> int:
    options = argparse.ArgumentParser(
        description="Sends a mass notice to a fictional city and adds up what came of it."
    )
    options.add_argument("--rows", type=int, default=5000, help=f"lines of the list (default 5000, least {LEAST_ROWS})")
    rows = max(LEAST_ROWS, options.parse_args().rows)

    def walk_through(walk: Walk, env: dict[str, str]) -> None:
        import django

        # the mail server runs in this process, and would tell of every mail
        os.environ.update(env | {"LOG_LEVEL": "WARNING"})
        django.setup()
        # models can be imported only now
        import notices_walk

        notices_walk.run(walk, rows)

    return walking.run(walk_through, "Mass notices work.")


if __name__ == "__main__":
    sys.exit(main())
