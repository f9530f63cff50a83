"""Register the periodic tasks without starting a worker (for set-ups that start `qcluster` themselves)."""

from typing import Any

from django.core.management.base import BaseCommand

from cityhall import queue


class Command(BaseCommand):
    help = "定期処理を登録します（何度実行しても同じ結果になります）。"

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{queue.ensure_schedules()} schedules")
