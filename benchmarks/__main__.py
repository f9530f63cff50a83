"""Runs the rows and prints them: `script/bench [name ...]`."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import django

VAR = Path(os.environ["VAR_DIR"])
PORT = int(os.environ.get("BENCH_PORT", "8799"))


def groups(origin: str) -> dict[str, Callable[[], list[object]]]:
    """The rows by name; imported late, because they need Django."""
    from benchmarks.rows import (
        cases,
        conditions,
        counter,
        counter_desk,
        designer,
        documents,
        extracts,
        form_page,
        guide,
        notices,
        pages,
        queue,
        reservations,
        search,
        submit,
        uploads,
    )

    return {
        "pages": lambda: list(pages.rows(origin)),
        "submit": lambda: list(submit.rows(origin, PORT + 1, VAR)),
        "uploads": lambda: list(uploads.rows(origin, PORT)),
        "documents": lambda: list(documents.rows()),
        "form_page": lambda: list(form_page.rows()),
        "conditions": lambda: list(conditions.rows()),
        "designer": lambda: list(designer.rows()),
        "search": lambda: list(search.rows()),
        "guide": lambda: list(guide.rows()),
        "extracts": lambda: list(extracts.rows()),
        "cases": lambda: list(cases.rows()),
        "reservations": lambda: [*reservations.rows(origin, VAR), *queue.rows(origin)],
        "notices": lambda: list(notices.rows(VAR)),
        "counter": lambda: [*counter.rows(), *counter_desk.rows(origin)],
    }


def main(names: list[str]) -> int:
    """Prepare a demo city on the private database, run the chosen rows, print one table."""
    django.setup()
    from django.core.management import call_command

    from benchmarks.measure import Row, server

    VAR.mkdir(parents=True, exist_ok=True)
    call_command("prepare_demo", residents=2000)
    found: list[Row] = []
    with server(PORT, VAR / "bench-web.log") as origin:
        chosen = groups(origin)
        for name in names or list(chosen):
            print(f"… {name}", flush=True)
            rows = chosen[name]()
            found += rows  # type: ignore[arg-type]
            for row in rows:
                # at once, too: a long run that is broken off has not been for nothing
                print(f"  {row}", flush=True)
    print()
    print("| what | ours | yardstick, same run | ratio | aim | |")
    print("| --- | --- | --- | --- | --- | --- |")
    for row in found:
        print(
            f"| {row.name} | {row.value} | {row.yardstick} | {row.ratio} | {row.aim} | {'ok' if row.ok else 'MISSED'} |"
        )
    return 0 if all(row.ok for row in found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
