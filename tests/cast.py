"""Who plays in the tests (style §23): residents and staff, how they sign in, and a cast that stays for a module."""

from contextlib import contextmanager
from functools import partial

from django.conf import settings
from django.db import transaction
from django.test import Client

from cityhall.enums import Role
from portal import sessions
from tests import factories

# where those of the staff serve who belong to one
DEPARTMENT = "kosodate"
IN_A_DEPARTMENT = ("clerk", "contract_clerk", "handler", "approver")

_resident = partial(partial, factories.make_resident_user)
_staff = partial(partial, factories.make_staff)

PEOPLE = {
    "resident": _resident("resident@example.jp"),
    "another_resident": _resident(
        "another@example.jp", family="鈴木", given="健太", family_kana="スズキ", given_kana="ケンタ"
    ),
    "supporter": _resident(
        "supporter@example.jp", family="佐藤", given="花子", family_kana="サトウ", given_kana="ハナコ"
    ),
    "clerk": _staff("clerk@city.example.jp", role=Role.CLERK, name="窓口 一郎"),
    "contract_clerk": _staff("contract@city.example.jp", role=Role.CONTRACT_CLERK, name="委託 二郎"),
    "handler": _staff("handler@city.example.jp", role=Role.HANDLER, name="審査 三郎"),
    "approver": _staff("approver@city.example.jp", role=Role.APPROVER, name="決裁 四郎"),
    "administrator": _staff("admin@city.example.jp", role=Role.ADMINISTRATOR, name="管理 五郎"),
    "auditor": _staff("auditor@city.example.jp", role=Role.AUDITOR, name="監査 六子"),
    "district_head": _staff("head@city.example.jp", role=Role.DISTRICT_HEAD, name="会長 七郎"),
}


def sign_in(person, browser):
    """Sign somebody in: a user, or a resident. Staff have shown their second factor. Returns the browser."""
    user = getattr(person, "user", person)
    browser.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = browser.session
    sessions.start(session, is_staff=user.is_staff)
    if user.is_staff:
        sessions.note_second_factor(session, user.username)
    session.save()
    return browser


class StandingCast:
    """A city and some of the cast, signed in once. What a test changes is rolled back; the cast is still there."""

    def __init__(self, names):
        factories.make_municipality()
        department = factories.make_departments()[DEPARTMENT]
        self.users, self._keys = {}, {}
        for name in names:
            person = PEOPLE[name](**({"department": department} if name in IN_A_DEPARTMENT else {}))
            self.users[name] = getattr(person, "user", person)
            self._keys[name] = sign_in(person, Client()).cookies[settings.SESSION_COOKIE_NAME].value

    def browser(self, name):
        """A new browser in which one of them is signed in."""
        browser = Client()
        browser.cookies[settings.SESSION_COOKIE_NAME] = self._keys[name]
        return browser


@contextmanager
def rows_that_stay(blocker):
    """Rows made inside stay for all tests of a module, whose own transactions lie within this one, and go with it."""
    with blocker.unblock():
        block = transaction.atomic()
        # as the tests' own do: a service may ask for a transaction that is no part of another
        block._from_testcase = True
        block.__enter__()
    try:
        with blocker.unblock():
            yield
    finally:
        with blocker.unblock():
            transaction.set_rollback(True)
            block.__exit__(None, None, None)
