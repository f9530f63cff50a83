"""Make the key of web push where there is none."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from notices.vapid import make_vapid_key


class Command(BaseCommand):
    help = "Makes the key of web push in VAPID_KEY_PATH, unless it is there; a new key would end every subscription."

    def handle(self, *args: Any, **options: Any) -> None:
        made = make_vapid_key(settings.VAPID_KEY_PATH)
        self.stdout.write("made a key for web push" if made else "the key of web push is there already")
