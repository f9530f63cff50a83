"""Give the friends of the city's LINE account the menu: procedures, booking, report, notices, topics, linking."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from notices.line_menu import menu_definition, menu_picture
from notices.services.line.client import LineClient, is_configured


class Command(BaseCommand):
    help = "Makes the rich menu of the city's LINE account and shows it to all friends."

    def handle(self, *args: Any, **options: Any) -> None:
        if not is_configured():
            raise CommandError("Set LINE_CHANNEL_SECRET and LINE_CHANNEL_TOKEN first.")
        client = LineClient()
        try:
            menu_id = client.set_menu(menu_definition(), menu_picture())
        finally:
            client.close()
        self.stdout.write(f"the menu is {menu_id}")
