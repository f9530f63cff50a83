"""Write procedures as files of a catalogue that another city can load (docs/catalogue.md)."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from applications.queries.exchange import exportable
from applications.services.catalogue import export
from cityhall.errors import DomainError


class Command(BaseCommand):
    help = _("手続を、ほかの市が読み込めるカタログのファイルに書き出します。")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER", help=_("書き出す先のフォルダー"))
        parser.add_argument(
            "--only",
            action="append",
            default=[],
            metavar="KEY",
            help=_("この手続だけを書き出します（何度でも指定できます）。"),
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        rows = list(exportable())
        known = {row.key for row in rows}
        unknown = [key for key in options["only"] if key not in known]
        if unknown:
            raise CommandError(
                _("書き出せる手続がありません（様式が公開されていない場合を含みます）: %(keys)s")
                % {"keys": "、".join(unknown)}
            )
        try:
            files = export([row for row in rows if not options["only"] or row.key in options["only"]]).files
            for path, content in files.items():
                target = folder / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
        except (DomainError, OSError) as error:
            raise CommandError(str(error)) from None
        if options["verbosity"]:
            self.stdout.write(
                _("%(count)s件のファイルを %(folder)s に書き出しました。") % {"count": len(files), "folder": folder}
            )
