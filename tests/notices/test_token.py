"""The token that holds the key: a refused PIN is not tried again, and a dead session is opened once more."""

import datetime as dt
import sys
import threading
from types import SimpleNamespace

import pytest
from django.db import connection, connections
from django.urls import reverse

from cityhall.enums import WorkState
from cityhall.errors import StaleState
from cityhall.models import AuditEvent
from notices import tasks
from notices.models import DocumentJob, TokenLogin
from notices.services.token_login import resume_signing
from notices.signing.errors import SigningKeyUnusable, TokenPinRefused
from notices.signing.token import SessionLost, Token, open_session, refusal, token_errors
from tests.notices.kit import drain

pytestmark = pytest.mark.django_db
TOKEN = Token(module="/usr/lib/token.so", label="city", pin="123456", key="seal")


def error_named(name):
    """An exception as the package `pkcs11`, which few installations have, raises it."""
    return type(name, (Exception,), {"__module__": "pkcs11.exceptions"})()


@pytest.fixture
def answers(monkeypatch):
    """What the token's library answers, one after the other; what it was asked is counted."""
    given = []
    given_pins = []

    def open_pkcs11_session(module, *, token_criteria, user_pin):
        given_pins.append(user_pin)
        answer = given.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    # the extra `pkcs11` is installed in few places; with a real token: test_signing
    library = SimpleNamespace(open_pkcs11_session=open_pkcs11_session, PKCS11Signer=None)
    monkeypatch.setitem(sys.modules, "pyhanko.sign.pkcs11", library)
    return given, given_pins


@pytest.fixture
def token(settings, tmp_path):
    """Settings that name a token."""
    settings.SIGNING_PKCS11_MODULE, settings.SIGNING_PKCS11_TOKEN = TOKEN.module, TOKEN.label
    settings.SIGNING_PKCS11_PIN, settings.SIGNING_PKCS11_KEY = TOKEN.pin, TOKEN.key
    return settings


def test_refused_pin_is_tried_once_and_never_again(answers, token):
    given, pins = answers
    given.append(error_named("PinIncorrect"))
    for _time in range(5):
        with pytest.raises(TokenPinRefused):
            open_session(TOKEN)
    assert pins == ["123456"]
    login = TokenLogin.objects.get()
    assert (login.trying_until, login.is_locked, refusal()) == (None, False, login)
    # neither PIN nor label stand in the database
    assert "123456" not in login.fingerprint


def test_other_settings_are_another_try(answers, token):
    given, pins = answers
    given += [error_named("PinLocked"), "session"]
    with pytest.raises(TokenPinRefused):
        open_session(TOKEN)
    assert refusal().is_locked
    token.SIGNING_PKCS11_PIN = "654321"
    assert refusal() is None
    assert open_session(Token.of_settings()) == "session"
    assert pins == ["123456", "654321"]


def test_person_lets_it_be_tried_once_more(answers, token, administrator):
    given, _pins = answers
    given += [error_named("PinIncorrect"), "session"]
    with pytest.raises(TokenPinRefused):
        open_session(TOKEN)
    resume_signing(by=administrator)
    assert open_session(TOKEN) == "session"
    assert AuditEvent.objects.filter(actor=administrator, detail="signing resumed").count() == 1
    with pytest.raises(StaleState):
        resume_signing(by=administrator)


def test_token_that_is_not_there_is_no_refusal(answers, token):
    given, _pins = answers
    given += [error_named("NoSuchToken"), "session"]
    with pytest.raises(SigningKeyUnusable) as caught:
        open_session(TOKEN)
    assert not isinstance(caught.value, TokenPinRefused)
    assert open_session(TOKEN) == "session"


def test_process_that_died_while_it_tried_holds_up_nobody_for_long(answers, token, monkeypatch):
    given, _pins = answers
    monkeypatch.setattr("notices.signing.token._WAIT_SECONDS", 0.2)
    given.append("session")
    assert open_session(TOKEN) == "session"
    later = TokenLogin.objects.get()
    TokenLogin.objects.update(trying_until=later.created_at + dt.timedelta(days=30_000))
    with pytest.raises(SigningKeyUnusable):
        open_session(TOKEN)
    TokenLogin.objects.update(trying_until=later.created_at)
    given.append("session")
    assert open_session(TOKEN) == "session"


@pytest.mark.parametrize(
    ("name", "raised"),
    [("SessionHandleInvalid", SessionLost), ("DeviceRemoved", SessionLost), ("KeyNeeded", SigningKeyUnusable)],
)
def test_what_a_token_says_while_it_signs(name, raised):
    with pytest.raises(raised), token_errors():
        raise error_named(name)
    with pytest.raises(ValueError, match="ours"), token_errors():
        raise ValueError("ours")


@pytest.fixture
def refused(answers, token, authority_certificate, issue, consenting):
    """A notice whose document waits because the token refused the PIN."""
    given, _pins = answers
    given.append(error_named("PinIncorrect"))
    notice = issue(consenting)
    drain(tasks.make_documents)
    return notice


@pytest.fixture
def authority_certificate(settings, tmp_path):
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.serialization import pkcs12

    _key, certificate, _others = pkcs12.load_key_and_certificates(settings.SIGNING_KEY_PATH.read_bytes(), None)
    settings.SIGNING_CERTIFICATE_PATH = tmp_path / "city.pem"
    settings.SIGNING_CERTIFICATE_PATH.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def test_staff_are_told_and_begin_again(notice_type, refused, answers, login, administrator):
    _given, pins = answers
    job = DocumentJob.objects.get()
    assert (job.state, job.last_error[:11]) == (WorkState.FAILED, "署名トークンが暗証番号")
    DocumentJob.objects.update(due_at=job.created_at)
    drain(tasks.make_documents)
    assert pins == ["123456"]
    client = login(administrator)
    assert "署名を止めています" in client.get("/staff/").content.decode()
    page = client.get(reverse("notices:failures")).content.decode()
    assert reverse("notices:token_resume") in page
    assert client.post(reverse("notices:token_resume")).status_code == 302
    assert "署名を止めています" not in client.get("/staff/").content.decode()
    assert DocumentJob.objects.get().due_at > job.due_at.replace(microsecond=0) or refusal() is None


@pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL only")
@pytest.mark.django_db(transaction=True)
def test_of_several_workers_one_tries(answers, token):
    given, pins = answers
    given += [error_named("PinIncorrect")] * 6
    refusals = []

    def run():
        try:
            open_session(TOKEN)
        except TokenPinRefused as error:
            refusals.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert (len(refusals), pins) == (6, ["123456"])
