"""Browsers of people who are signed in."""

from django.test import Client

from cityhall.models import User
from portal import sessions


def signed_in(user: User) -> Client:
    """A browser with the session that our sign-in makes, second factor shown."""
    browser = Client()
    browser.force_login(user)
    session = browser.session
    sessions.start(session, is_staff=user.is_staff)
    if user.is_staff:
        sessions.note_second_factor(session, user.username)
    session.save()
    return browser


def cookies_of(browser: Client) -> str:
    """The Cookie header of a browser."""
    return "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())
