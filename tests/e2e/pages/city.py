"""The demo city with what no other test needs at once: cases in every state, work that failed."""

import datetime as dt

from django.core.management import call_command
from django.utils import timezone

from applications.enums import Channel, IdentityShown
from applications.models import Application, Procedure
from applications.services.exchange import keep_upload
from applications.services.receptions import Person, Received, start_for
from applications.services.retention import plan_disposal
from applications.services.submission import submit
from cityhall.days import today
from cityhall.enums import WorkState
from cityhall.models import Department, User
from notices.enums import CheckResult
from notices.models import DocumentJob, NoticeCheck
from notices.services import create_letter_run
from notices.services.letters import start_due_letters
from notices.tasks import build_letters
from portal.demo_city.cases import staff_of
from portal.demo_city.fees import KEPT_UNTIL
from residents.services import create_mandate, invite_member, register_business
from tests.applications import filing as short_form
from tests.applications import packagekit


def load_people_and_failures():
    call_command("load_demo", residents=40, verbosity=0)
    later = timezone.now() + dt.timedelta(days=10)
    start_due_letters(now=later)
    approver = User.objects.get(email="approver@city.example.jp")
    create_letter_run(department=Department.objects.get(code="bosai"), request_key="axe", by=approver)
    build_letters()
    for result in CheckResult:
        NoticeCheck.objects.create(sha256="0" * 64, result=result, state=WorkState.DONE, finished_at=timezone.now())
    old = Application.objects.select_related("department").get(keep_until=KEPT_UNTIL)
    plan_disposal(department=old.department, as_of=today(), by=staff_of(old)[0])
    administrator = User.objects.get(email="admin@city.example.jp")
    keep_upload(name="catalogue.zip", data=packagekit.another_city(), by=administrator)
    failed = DocumentJob.objects.order_by("id").first()
    DocumentJob.objects.filter(pk=failed.pk).update(
        state=WorkState.GIVEN_UP, last_error="SigningKeyMissing", attempts=8, finished_at=None
    )


def take_down_at_counter(clerk):
    """What staff typed in for somebody without a record."""
    draft = start_for(
        procedure=Procedure.objects.get(key="short"),
        person=Person(name="来訪 太郎"),
        received=Received(Channel.COUNTER, identity=IdentityShown.LICENCE),
        by=clerk,
        request_key="axe",
    )
    Application.objects.filter(pk=draft.pk).update(draft_answers={"name": "来訪 太郎", "wish": "午前"})
    submit(application=Application.objects.get(pk=draft.pk), by=clerk)


def load_filing_for_others():
    """A short procedure for everybody; for the first resident a business, an invitation and a mandate."""
    short_form.guest_procedure(key="short", name="短い手続", department=Department.objects.get(code="bosai"))
    short_form.make_procedure(
        key="internal", name="庁内の手続", department=Department.objects.get(code="bosai"), applicant_kinds=["staff"]
    )
    take_down_at_counter(User.objects.get(email="approver@city.example.jp"))
    user = User.objects.get(email="resident01@example.jp")
    other = User.objects.get(email="resident03@example.jp")
    firm = register_business(name="株式会社緑野商店", corporate_number="7000012050002", by=user)
    invite_member(business=firm, email="waiting@example.jp", by=user)
    theirs = register_business(name="合同会社緑野", by=other)
    invite_member(business=theirs, email=user.email, by=other)
    clerk = User.objects.get(email="clerk@city.example.jp")
    evidence = {"evidence": "委任状", "valid_from": dt.date(2026, 1, 1), "by": clerk}
    create_mandate(principal=user.resident, agent=other.resident, **evidence)
    create_mandate(principal=other.resident, agent=user.resident, procedure_keys=["short"], **evidence)
