"""Make a demo certificate authority and the city's certificate where there are none."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from cityhall.models import Municipality
from notices.demo_ca import make_demo_ca


class Command(BaseCommand):
    help = "Makes a demo CA and a city certificate in SIGNING_KEY_PATH and SIGNING_CA_PATH, unless they are there."

    def handle(self, *args: Any, **options: Any) -> None:
        city = Municipality.objects.first()
        made = make_demo_ca(
            key_path=settings.SIGNING_KEY_PATH,
            ca_path=settings.SIGNING_CA_PATH,
            password=settings.SIGNING_KEY_PASSWORD,
            city_name=city.name if city else "Demo City",
            now=timezone.now(),
        )
        self.stdout.write("made a demo CA and certificate" if made else "the signing key is there already")
