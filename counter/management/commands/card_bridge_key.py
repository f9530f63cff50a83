"""Print by what a card reading program knows this portal."""

from typing import Any

from django.core.management.base import BaseCommand

from counter.card import portal_origin, public_key


class Command(BaseCommand):
    help = "カード読み取りプログラム（cardbridge.toml）に書く2行を表示します。秘密の値ではありません。"

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f'portal = "{portal_origin()}"')
        self.stdout.write(f'portal_key = "{public_key()}"')
