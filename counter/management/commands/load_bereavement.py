"""`manage.py load_bereavement --service KEY`: the corner for the bereaved with what a new city begins with."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from applications.models import LifeEvent
from counter.bereavement.errors import SharedGroup
from counter.services.bereavements.defaults import EVENT, load_defaults
from reservations.models import Service


class Command(BaseCommand):
    help = "Makes the corner for the bereaved of a service, with checks and items; twice changes nothing."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--service", required=True, help="key of the service that is booked")
        parser.add_argument("--event", default=EVENT, help=f"key of the life event whose guide asks (default {EVENT})")

    def handle(self, *args: Any, **options: Any) -> None:
        service = Service.objects.filter(key=options["service"]).first()
        event = LifeEvent.objects.filter(key=options["event"]).first()
        if service is None or event is None:
            raise CommandError("There is no such service, or no such life event.")
        try:
            made, missing = load_defaults(service=service, event=event)
        except SharedGroup as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{made} new rows")
        for key in missing:
            self.stdout.write(f"left out: {key} (the city has no such department)")
