"""Waits until the demo answers, then says where it is and what to try."""

import os
import time
import urllib.error
import urllib.request
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

WAIT_SECONDS = 300
"""A small machine with much else to do takes minutes; where the server's process is known its end says more."""


class Command(BaseCommand):
    help = "Waits for the demo's web server and prints the address, the accounts and what to try."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seconds", type=int, default=WAIT_SECONDS)
        parser.add_argument("--pid", type=int, help="The web server's process: once it is gone nobody waits for it.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Only for the demo settings.")
        self._wait(options["seconds"], options["pid"])
        self.stdout.write(
            f"""
フロントヤード  {settings.SITE_URL}/
  1. {settings.SITE_URL}/demo/ で役割を選び、ワンクリックでログインします（住民・窓口・審査・決裁・管理・監査）。
  2. 住民「高橋 さくら」で 児童手当 認定請求 を申請します。父の代理での申請、市からのメッセージ、体験もあります。
  3. 審査担当で「申請の審査」を開き、補正を依頼するか承認します。決裁者は通知書の文面を見て決裁します。
     キャンセル待ち、未読メッセージ、補正の前後の違い、満足度も見られます。住民「葛󠄀城 直樹」には事業者があります。
  4. 住民に戻ると署名付きの通知が届いています。開封し、{settings.SITE_URL}/verify/ で真正性を確かめます。
  5. 送信したメールはすべて {settings.SITE_URL}/demo/mail/ に、部品の見本は {settings.SITE_URL}/style/ にあります。
止めるには Ctrl-C を押してください。"""
        )

    def _wait(self, seconds: int, pid: int | None) -> None:
        """Poll /healthz until it answers; CommandError when it does not in time, or its process is gone."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{settings.SITE_URL}/healthz", timeout=2):  # noqa: S310
                    return
            except (urllib.error.URLError, OSError):
                if pid and not _lives(pid):
                    raise CommandError("The web server stopped by itself.") from None
                time.sleep(0.2)
        raise CommandError(f"No answer from {settings.SITE_URL} within {seconds} s.")


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
