"""Make the fictional city of 緑野市, of any size."""

import argparse
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from cityhall.models import Municipality
from portal.demo_city import (
    accounts,
    bereavements,
    cases,
    chains,
    circulars,
    city_hall,
    extracts,
    fees,
    form_layouts,
    hall,
    hall_offers,
    inventory,
    many_cases,
    move_ins,
    notices,
    one_stop,
    others,
    register,
    reports,
    surveys,
)
from portal.demo_city.places import CODE


class Command(BaseCommand):
    """`manage.py load_demo [--residents 400000] [--applications 1000000]`; running it again adds what is missing."""

    help = "Makes the fictional city: departments, staff, residents, catalogue, and cases in every state."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--residents", type=int, default=300, help="people the city shall have (default 300)")
        parser.add_argument("--applications", type=int, default=0, help="applications written directly, for figures")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        self._refuse_real_city()
        self._quiet = options["verbosity"] == 0
        city_hall.load_city_hall()
        accounts.load_staff()
        call_command("load_catalogue", verbosity=0, stdout=self._nowhere())
        new = register.load_people(number=options["residents"], seed=options["seed"], tell=self._tell_people)
        heads = accounts.load_residents()
        one_stop.load_one_stop()
        chains.load_chain()
        made = cases.load_cases(heads) + others.load_others(heads)
        fees.age_one_case()
        extracts.load_extract()
        inventory.load_inventory()
        surveys.load_surveys()
        reports.load_reports()
        circulars.load_circulars(heads)
        notices.load_notices(heads)
        hall.load_hall()
        hall_offers.load_offers()
        form_layouts.load_form_layouts()
        move_ins.load_move_ins()
        bereavements.load_bereavements()
        many = many_cases.load_applications(number=options["applications"], seed=options["seed"])
        self._say(f"{new} new residents, {made} new cases, {many} applications for figures")

    def _refuse_real_city(self) -> None:
        """A real city's database is never filled with made-up people."""
        if Municipality.objects.exclude(code=CODE).exists():
            raise CommandError("This installation belongs to another city; the demo is only for an empty one.")

    def _tell_people(self, count: int) -> None:
        if count % 50_000 == 0:
            self._say(f"  {count} residents")

    def _say(self, text: str) -> None:
        if not self._quiet:
            self.stdout.write(text)

    def _nowhere(self) -> Any:
        return argparse.Namespace(write=lambda _text: None, flush=lambda: None, isatty=lambda: False)
