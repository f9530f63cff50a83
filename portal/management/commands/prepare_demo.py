"""Everything the demo needs before it starts; a second call finds its work done."""

import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

STAMP = "demo.stamp"


class Command(BaseCommand):
    help = "Migrates, makes the demo certificate, loads the catalogue and the demo city; skips what is done."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--residents", type=int, default=300)

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Only for the demo settings.")
        residents = options["residents"]
        stamp = settings.VAR_DIR / STAMP
        state = f"{self._inputs()} {residents}"
        if stamp.exists() and stamp.read_text(encoding="utf-8") == state:
            return
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        for words, command, arguments in (
            ("Preparing the database", "migrate", {"verbosity": 0}),
            ("Making the demo certificate", "make_demo_ca", {}),
            ("Making the key of web push", "make_vapid_key", {}),
            ("Loading the demo city", "load_demo", {"residents": residents}),
        ):
            self.stdout.write(words)
            call_command(command, stdout=self.stdout, **arguments)
        stamp.write_text(state, encoding="utf-8")

    def _inputs(self) -> str:
        """Digest of what the preparation is made from: migrations, catalogue, demo city."""
        digest = hashlib.sha256()
        patterns = ("*/migrations/*.py", "*/catalogue/**/*.yaml", "portal/demo_city/*.py")
        for pattern in patterns:
            for path in sorted(Path(settings.BASE_DIR).glob(pattern)):
                digest.update(path.read_bytes())
        return digest.hexdigest()
