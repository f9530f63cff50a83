"""What people do beside filing for themselves: a business, a mandate, a waiting list, questions, corrections, ratings.

Made by the services people use, on top of `cases`; a second run finds its work done.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from applications import definition, typed
from applications.enums import ApplicationState as State
from applications.models import Application, Procedure
from applications.services import casework, drafts, messages, ratings, seats, submission
from cityhall.days import today
from cityhall.models import User
from cityhall.services.files import check_pending_files
from portal.demo_city.accounts import STAFF
from portal.demo_city.cases import begin, published_procedures, staff_of
from residents.models import Business, Mandate, Resident
from residents.services import create_mandate, verify_business
from residents.services.businesses import register_business
from residents.services.members import answer_invitation, invite_member

SAKURA, FATHER, DAISUKE, MAI, NAOKI, RIN = range(6)
"""The heads of the known households, by their place."""
CORPORATE_NUMBER: Final = "8000000000001"
"""Its check digit is right, and no registry office gives out such a number."""
CARE_PROCEDURES: Final = ("kaigo-hihokenshasho-saikofu", "kaigo-futanwariai-saikofu", "yokaigo-koshin")
COURSE: Final = "shimin-koza"
COURSE_PLACES: Final = 3
_RATINGS: Final = (
    (9, "夜でも申し込めて助かりました。"),
    (8, ""),
    (10, "入力した内容が次の画面に残っていて、安心でした。"),
    (6, "持ち物がどこに書いてあるか、少し迷いました。"),
    (7, ""),
)

Procedures = Mapping[str, Procedure]


def load_others(heads: list[Resident]) -> int:
    """Make what is not there yet; how many cases are new. Nothing in a city too small for the known families."""
    if len(heads) <= RIN or any(head.user is None for head in heads):
        return 0
    procedures = {procedure.key: procedure for procedure in published_procedures()}
    made = [
        _of_a_business(heads, procedures),
        _for_the_father(heads, procedures),
        *_course_with_waiting_list(heads, procedures),
        _corrected(heads, procedures),
    ]
    check_pending_files(limit=100)
    _begin_correction(heads)
    _talk(heads)
    return sum(made)


def _user(resident: Resident) -> User:
    if resident.user is None:
        raise ValueError(f"{resident.public_id} has no account")
    return resident.user


def _administrator() -> User:
    return User.objects.get(email=next(account.email for account in STAFF if account.mailbox == "admin"))


@transaction.atomic
def _business(heads: list[Resident]) -> Business:
    """A company with its representative, somebody who files for it, and an invitation that waits for an answer."""
    known = Business.objects.filter(corporate_number=CORPORATE_NUMBER).first()
    if known is not None:
        return known
    owner = _user(heads[NAOKI])
    business = register_business(
        name="緑野ケアサービス株式会社",
        name_kana="ミドリノケアサービス",
        corporate_number=CORPORATE_NUMBER,
        representative=heads[NAOKI].full_name,
        postal_code="1980042",
        address="東京都緑野市東緑野2丁目5番1号",
        phone="0428-00-0100",
        by=owner,
    )
    verify_business(business=business, by=_administrator())
    accepted = invite_member(business=business, email=_user(heads[MAI]).email or "", by=owner)
    answer_invitation(invitation=accepted, by=_user(heads[MAI]), accept=True)
    invite_member(business=business, email=_user(heads[RIN]).email or "", by=owner)
    return business


def _of_a_business(heads: list[Resident], procedures: Procedures) -> bool:
    """A member files for the company."""
    return _file("demo-business", procedures["shobo-kunren"], heads[MAI], days_ago=1, business=_business(heads))


def _for_the_father(heads: list[Resident], procedures: Procedures) -> bool:
    """A daughter files for her father in long-term care, by a mandate for just that."""
    father, daughter = heads[FATHER], heads[SAKURA]
    if not Mandate.objects.filter(principal=father, agent=daughter).exists():
        create_mandate(
            principal=father,
            agent=daughter,
            procedure_keys=CARE_PROCEDURES,
            evidence="委任状（原本を窓口で確認）",
            valid_from=today() - dt.timedelta(days=30),
            by=_administrator(),
        )
    return _file("demo-mandate", procedures[CARE_PROCEDURES[0]], daughter, days_ago=3, person=father)


def _course_with_waiting_list(heads: list[Resident], procedures: Procedures) -> list[bool]:
    """More people than places; everybody says how it went."""
    course = procedures[COURSE]
    if course.taken_seats == 0:
        with transaction.atomic():
            seats.set_capacity(course, COURSE_PLACES, now=timezone.now())
    made = []
    for place, (score, comment) in enumerate(_RATINGS):
        made.append(_file(f"demo-course-{place}", course, heads[place], days_ago=0))
        application = _case(heads[place], f"demo-course-{place}")
        if application is not None and not application.is_rated:
            ratings.rate(application=application, score=score, comment=comment)
    return made


@transaction.atomic
def _corrected(heads: list[Resident], procedures: Procedures) -> bool:
    """A case that was returned, corrected and sent again: two revisions to compare."""
    if not _file("demo-corrected", procedures["sodai-gomi"], heads[RIN], days_ago=6):
        return False
    application = _known_case(heads[RIN], "demo-corrected")
    handler, _approver = staff_of(application)
    casework.take(application=application, by=handler)
    casework.return_for_correction(
        application=application,
        message="",
        comments={"put_out_place": "収集車が入れない道です。道路に面した場所にしてください。"},
        by=handler,
    )
    _retype(application, put_out_place="アパートの東側、市道に面した集積所の横")
    application.refresh_from_db()
    submission.submit(application=application, by=_user(heads[RIN]))
    return True


def _begin_correction(heads: list[Resident]) -> None:
    """A correction under way: the applicant has opened the form again and saved the page that was marked."""
    application = _case(heads[DAISUKE], "demo-8")
    if application is not None and application.state == State.RETURNED:
        account = application.draft_answers["account"]
        _retype(application, account=account | {"branch_code": "002", "branch_name": "東緑野支店"})


def _talk(heads: list[Resident]) -> None:
    """A question whose answer waits for the handler, and news that wait for the applicant."""
    asked, told = _known_case(heads[NAOKI], "demo-12"), _known_case(heads[SAKURA], "demo-2")
    question = "被害の様子が分かる写真を、もう1枚送っていただけますか。屋根の全体が写るものだと助かります。"
    news = "面談の日程は、来週中にお電話でご連絡します。"
    for application, words in ((asked, question), (told, news)):
        handler, _approver = staff_of(application)
        messages.send_from_city(application=application, body=words, by=handler, request_key="demo-question")
    answer = "承知しました。今週末に撮って送ります。"
    messages.send_from_applicant(application=asked, body=answer, by=_user(heads[NAOKI]), request_key="demo-answer")


@transaction.atomic
def _file(key: str, procedure: Procedure, resident: Resident, *, days_ago: int, **for_whom: Any) -> bool:
    """Fill in and send; False when an earlier run did, or when the procedure takes nothing at that time."""
    filed = timezone.now() - dt.timedelta(days=days_ago)
    try:
        application = begin(key, procedure, resident, now=filed, **for_whom)
    except drafts.NotOpen:
        return False
    if application is not None:
        submission.submit(application=application, by=_user(resident), now=filed)
    return application is not None


def _retype(application: Application, **values: typed.Value) -> None:
    """Type other answers to some questions and save their pages."""
    for page in definition.form_of(application.form_version).pages:
        keys = {field.key for field in page.fields}
        if keys & values.keys():
            here = {key: value for key, value in (application.draft_answers | values).items() if key in keys}
            drafts.save_page(application=application, page=page, values=here, expected_revision=None)


def _case(resident: Resident, key: str) -> Application | None:
    """What `begin` made with this key."""
    return Application.objects.filter(request_key=f"{_user(resident).pk}:{key}").first()


def _known_case(resident: Resident, key: str) -> Application:
    application = _case(resident, key)
    if application is None:
        raise LookupError(key)
    return application
