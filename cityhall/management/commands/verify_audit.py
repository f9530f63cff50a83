"""Check the sealed audit trail; exit status 1 when it is not as it was sealed."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cityhall.models import AuditEvent, AuditSeal
from cityhall.services import audit


class Command(BaseCommand):
    help = "監査記録の封印を検証します。問題があれば一覧を表示し、終了コード1で終わります。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--expect",
            metavar="POSITION:SEAL",
            help="以前に控えた位置と封印。末尾がまとめて消されたことも検出します。",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        problems = audit.verify_seals(_expected(options["expect"]))
        for problem in problems:
            event = f" event {problem.event_id}" if problem.event_id else ""
            self.stdout.write(f"{problem.kind} at {problem.position}{event}")
        waiting = AuditEvent.objects.filter(position__isnull=True).count()
        last = AuditSeal.objects.order_by("-last_position").first()
        self.stdout.write(f"unsealed: {waiting}")
        if last is not None:
            self.stdout.write(f"last seal: {last.last_position}:{last.seal}")
        if problems:
            raise CommandError(f"{len(problems)} problem(s) found")
        self.stdout.write("the sealed trail is intact")


def _expected(text: str | None) -> tuple[int, str] | None:
    if text is None:
        return None
    position, colon, seal = text.partition(":")
    if not (position.isdigit() and colon and seal):
        raise CommandError("--expect takes POSITION:SEAL")
    return int(position), seal
