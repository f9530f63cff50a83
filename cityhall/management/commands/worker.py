"""The worker process: registers the periodic tasks, then works until it is stopped."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from cityhall import queue


class Command(BaseCommand):
    help = "定期処理を登録し、バックグラウンド処理を開始します。止めるには Ctrl-C または SIGTERM。"

    def handle(self, *args: Any, **options: Any) -> None:
        queue.ensure_schedules()
        call_command("qcluster")
