"""Load the catalogue of procedures, with the notices that answer them (docs/catalogue.md)."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from applications.services.catalogue import FOLDER, Change, ChangeKind, load_catalogue, read_catalogue
from applications.services.catalogue.report_kinds import load_report_kinds
from cityhall.errors import DomainError
from notices.services.catalogue import TYPES_FOLDER, load_types

_MARKS = {ChangeKind.NEW: "＋", ChangeKind.CHANGED: "～", ChangeKind.UNCHANGED: "＝"}
_TYPE_MARKS = {"added": "＋", "changed": "～", "unchanged": "＝"}


class Command(BaseCommand):
    help = _("手続カタログ（applications/catalogue）と通知の種類（notices/catalogue）を読み込みます。")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help=_("違いを表示するだけで、何も変更しません。"))
        parser.add_argument(
            "--only",
            action="append",
            default=[],
            metavar="KEY",
            help=_("この手続だけを読み込みます（何度でも指定できます）。"),
        )
        parser.add_argument("--folder", type=Path, default=FOLDER, help=_("手続カタログのフォルダー"))
        parser.add_argument(
            "--replace-forms",
            action="store_true",
            help=_("市が変えた様式と文章も、ファイルの内容に置き換えます。"),
        )
        parser.add_argument(
            "--department",
            action="append",
            default=[],
            metavar="CODE=CODE",
            help=_("ファイルの課のコードを、この市の課のコードに読み替えます（何度でも指定できます）。"),
        )

    def handle(self, *args: Any, **options: Any) -> None:
        dry_run: bool = options["dry_run"]
        departments = _pairs(options["department"])
        try:
            # together or not at all: procedures point at the notices that answer them
            with transaction.atomic():
                only_types = _types_named_in(options["folder"])
                types = load_types(TYPES_FOLDER, only=only_types, departments=departments)
                changes = load_catalogue(
                    folder=options["folder"],
                    only=options["only"],
                    replaces_own=options["replace_forms"],
                    departments=departments,
                )
                kinds = [] if options["only"] else load_report_kinds(folder=options["folder"], departments=departments)
                if dry_run:
                    transaction.set_rollback(True)
        except DomainError as error:
            raise CommandError(str(error)) from None
        if options["verbosity"] == 0:
            return
        for one in types:
            self.stdout.write(f"{_TYPE_MARKS[one.kind]} {one.key} {'、'.join(one.fields)}".rstrip())
            if one.keeps_rules:
                self.stdout.write("    " + _("市の設定を維持: %(names)s") % {"names": "、".join(one.keeps_rules)})
        for name in kinds:
            self.stdout.write(f"{_MARKS[ChangeKind.NEW]} {name}")
        for change in changes:
            self._print(change)
        self._print_summary(changes, dry_run=dry_run)

    def _print(self, change: Change) -> None:
        self.stdout.write(f"{_MARKS[change.kind]} {change.key} {change.name}")
        for line in change.lines:
            self.stdout.write(f"    {line}")
        if change.kept:
            self.stdout.write("    " + _("市の設定を維持: %(names)s") % {"names": "、".join(change.kept)})
        if change.own:
            self.stdout.write(
                "    "
                + _("市が変更しているため維持（置き換えるには --replace-forms）: %(names)s")
                % {"names": "、".join(change.own)}
            )

    def _print_summary(self, changes: list[Change], *, dry_run: bool) -> None:
        counts = {kind.value: sum(change.kind == kind for change in changes) for kind in ChangeKind}
        self.stdout.write(_("新規 %(new)s件、変更 %(changed)s件、変更なし %(unchanged)s件") % counts)
        if dry_run:
            self.stdout.write(_("確認だけを行いました。データベースは変更していません。"))


def _types_named_in(folder: Path) -> set[str] | None:
    """The kinds of notices that another city's procedures need; None for all, which the product's own come with."""
    if folder == FOLDER:
        return None
    entries = read_catalogue(folder).procedures
    return {key for entry in entries for key in (entry.approval_notice, entry.refusal_notice)}


def _pairs(texts: list[str]) -> dict[str, str]:
    """`A=B` as a mapping. Raises CommandError."""
    pairs = dict(text.partition("=")[::2] for text in texts)
    if not all(pairs) or not all(pairs.values()):
        raise CommandError(_("--department は「ファイルのコード=この市のコード」の形で指定してください。"))
    return pairs
