"""The standing cast (style §23) and what every test shares."""

import pytest
from django.conf import settings
from django.core.cache import cache
from django.utils.translation import override

from applications.queries.finding import forget_index
from cityhall.enums import Role
from portal import sessions
from reservations.memory import forget_all
from tests import factories
from tests.database import let_flush_be_quick, let_sqlite_copy_a_template

let_flush_be_quick()
let_sqlite_copy_a_template()


@pytest.fixture(autouse=True)
def _japanese():
    """The interface's own language, whatever an earlier test switched to."""
    with override("ja"):
        yield


@pytest.fixture(autouse=True)
def _forget_procedures():
    """The index of the search outlives a request, and so would the procedures of an earlier test."""
    forget_index()


@pytest.fixture(autouse=True)
def _forget_reservations():
    """What a process remembers of services and free times outlives a test, and ids come again."""
    forget_all()


@pytest.fixture(autouse=True)
def _empty_cache_after_commits(request, django_db_blocker):
    """Tests that commit leave rate limits and wakes in the shared cache; the others roll it back."""
    yield
    marker = request.node.get_closest_marker("django_db")
    is_committing = marker is not None and marker.kwargs.get("transaction", False)
    if is_committing or {"transactional_db", "live_server"} & set(request.fixturenames):
        # the test's own database fixture may be gone by now
        with django_db_blocker.unblock():
            cache.clear()


@pytest.fixture
def municipality(db):
    return factories.make_municipality()


@pytest.fixture
def departments(db):
    """Four departments by code."""
    return {code: factories.make_department(code) for code in factories.DEPARTMENTS}


@pytest.fixture
def department(departments):
    """The department the staff of the cast belong to."""
    return departments["kosodate"]


@pytest.fixture
def resident(db):
    """高橋 さくら, who signs in as `resident.user`."""
    return factories.make_resident_user("resident@example.jp")


@pytest.fixture
def another_resident(db):
    """A stranger to everything of the resident's."""
    return factories.make_resident_user(
        "another@example.jp", family="鈴木", given="健太", family_kana="スズキ", given_kana="ケンタ"
    )


@pytest.fixture
def supporter(db):
    """Somebody who may act for the resident once a mandate says so."""
    return factories.make_resident_user(
        "supporter@example.jp", family="佐藤", given="花子", family_kana="サトウ", given_kana="ハナコ"
    )


@pytest.fixture
def clerk(department):
    return factories.make_staff("clerk@city.example.jp", role=Role.CLERK, department=department, name="窓口 一郎")


@pytest.fixture
def contract_clerk(department):
    return factories.make_staff(
        "contract@city.example.jp", role=Role.CONTRACT_CLERK, department=department, name="委託 二郎"
    )


@pytest.fixture
def handler(department):
    return factories.make_staff("handler@city.example.jp", role=Role.HANDLER, department=department, name="審査 三郎")


@pytest.fixture
def approver(department):
    return factories.make_staff("approver@city.example.jp", role=Role.APPROVER, department=department, name="決裁 四郎")


@pytest.fixture
def administrator(db):
    return factories.make_staff("admin@city.example.jp", role=Role.ADMINISTRATOR, name="管理 五郎")


@pytest.fixture
def auditor(db):
    return factories.make_staff("auditor@city.example.jp", role=Role.AUDITOR, name="監査 六子")


@pytest.fixture
def district_head(db):
    """A 自治会長 of no district yet: no employee, in no department."""
    return factories.make_staff("head@city.example.jp", role=Role.DISTRICT_HEAD, name="会長 七郎")


@pytest.fixture
def login(client):
    """Sign somebody in: a user, or a resident. Staff have shown their second factor. Returns the client."""

    def sign_in(person, browser=None):
        browser = browser or client
        user = getattr(person, "user", person)
        browser.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        session = browser.session
        sessions.start(session, is_staff=user.is_staff)
        if user.is_staff:
            sessions.note_second_factor(session, user.username)
        session.save()
        return browser

    return sign_in
