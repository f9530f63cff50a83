"""Check a file of the city's register of residents, and apply it when asked to."""

import argparse
import datetime as dt
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cityhall.errors import DomainError
from residents.enums import RegisterImportKind, RegisterImportState
from residents.models import RegisterImport
from residents.services.register import apply_import, check_import, run_slice, start_import
from residents.services.register.reading import CP932, UTF8

_ENCODINGS = {"auto": "", "utf-8": UTF8, "cp932": CP932}


class Command(BaseCommand):
    """`manage.py import_register FILE --kind full --as-of 2026-11-01 [--apply]`; the file stays where it is."""

    help = "Checks a CSV file of the register of residents; with --apply, writes it when the check found it possible."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--kind", choices=RegisterImportKind.values, required=True)
        parser.add_argument("--as-of", type=dt.date.fromisoformat, required=True, help="day of the data, YYYY-MM-DD")
        parser.add_argument("--encoding", choices=_ENCODINGS, default="auto")
        parser.add_argument(
            "--map", action="append", default=[], metavar="COLUMN=HEADING", help="overrides the guessed mapping"
        )
        parser.add_argument("--accept-missing", action="store_true", help="a full file may leave out many people")
        parser.add_argument("--apply", action="store_true", help="write the file after the check")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"{path}: no such file")
        try:
            run = start_import(
                kind=RegisterImportKind(options["kind"]),
                as_of=options["as_of"],
                by=None,
                path=path,
                encoding=_ENCODINGS[options["encoding"]],
                accepts_missing=options["accept_missing"],
            )
            mapping = run.mapping | _overrides(options["map"])
            self._go_through(check_import(run=run, by=None, mapping=mapping, path=path), path)
            if options["apply"] and run.state == RegisterImportState.CHECKED:
                self._go_through(apply_import(run=run, by=None), path)
        except DomainError as error:
            raise CommandError(str(error)) from error

    def _go_through(self, run: RegisterImport, path: Path) -> None:
        """Slice after slice, to the end; prints the counts and the first problems."""
        while run_slice(run=run, path=path):
            self.stdout.write(f"  {run.rows} rows")
        if run.state == RegisterImportState.REFUSED:
            raise CommandError(run.refusal)
        self.stdout.write(
            f"{run.state}: {run.rows} rows, {run.created} new, {run.changed} changed, {run.unchanged} unchanged, "
            f"{run.ended} gone, {run.problem_count} problems"
        )
        for problem in run.problems[:20] if run.state == RegisterImportState.CHECKED else []:
            self.stdout.write(f"  row {problem['row']} {problem['field']}: {problem['message']}")


def _overrides(pairs: list[str]) -> dict[str, str]:
    for pair in pairs:
        if "=" not in pair:
            raise CommandError(f"--map {pair}: write COLUMN=HEADING")
    return dict(pair.split("=", 1) for pair in pairs)
