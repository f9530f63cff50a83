"""Who copies the database, the sessions and the cache finds nothing of what was typed at home."""

import base64
import json
import pickle

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection

from cityhall.crypto import CannotDecrypt, decrypt
from counter import codes
from counter.models import Prefill
from tests import factories
from tests.counter.homekit import begin, make_forms, token_of, url

pytestmark = pytest.mark.django_db
WORDS = ("珍野苦沙弥", "ちんのくしゃみ", "チンノクシャミ", "猫の引っ越し")
ANSWERS = {
    "q-applicant_name.family": WORDS[0],
    "q-applicant_name.given": WORDS[0],
    "q-applicant_name.family_kana": WORDS[2],
    "q-applicant_name.given_kana": WORDS[2],
    "q-p1_moves": "yes",
    "q-p1_reason": WORDS[3],
    "q-p2_moves": "yes",
    "q-p2_reason": WORDS[3],
}


def _everything():
    """All rows of all tables as one text, the cache's table among them, and what is in sessions in plain words."""
    with connection.cursor() as cursor:
        parts = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            parts.append(repr(cursor.fetchall()))
        # what sessions and cache hold in a coat of base64
        cursor.execute("SELECT cache_key, value FROM cityhall_cache")
        parts += [f"{key} {pickle.loads(base64.b64decode(value))!r}" for key, value in cursor.fetchall()]
    parts += [json.dumps(row.get_decoded(), ensure_ascii=False) for row in Session.objects.all()]
    return "\n".join(parts)


@pytest.fixture
def typed(client, municipality):
    """Everything typed on every page, checked, kept, shown, printed, mailed."""
    resident = factories.make_resident_user("cat@example.jp")
    client.force_login(resident.user)
    begin(client, make_forms(2))
    for number in range(1, 5):
        client.post(url("page", number), {**ANSWERS, "action": "next"})
        # once with a mistake: the page comes back with what was typed
        client.post(url("page", number), {"q-applicant_name.family": WORDS[1], "action": "next"})
        client.post(url("page", number), {**ANSWERS, "action": "later"})
    client.get(url("check"))
    client.post(url("keep"), {"visit_on": ""})
    for name in ("code", "sheet", "card", "check", "start"):
        assert client.get(url(name)).status_code == 200
    client.post(url("mail"), {"email": "cat@example.jp"})
    return client


def test_no_table_session_or_cache_has_a_word_of_it_or_the_token(typed):
    token, stolen = token_of(typed), _everything()
    assert all(word in typed.get(url("check")).text for word in (WORDS[0], WORDS[3]))
    spoken = codes.spoken_code(token)
    known = [*WORDS, token, token.lower(), codes.key_part(token), spoken, codes.written(spoken)]
    assert [word for word in known if word in stolen] == []
    # the control: what stands in clear is found by the same search
    assert Prefill.objects.get().lookup in stolen


def test_without_a_code_the_server_key_opens_none_of_it(typed):
    prefill = Prefill.objects.get()
    for column in (prefill.answers, prefill.key_by_token, prefill.key_by_spoken):
        with pytest.raises(CannotDecrypt):
            decrypt(column)


def test_cache_keys_of_limits_name_neither_token_nor_mailbox(typed, monkeypatch):
    keys = []
    real = cache.add
    monkeypatch.setattr(cache, "add", lambda key, *args, **kwargs: keys.append(key) or real(key, *args, **kwargs))
    typed.post(url("mail"), {"email": "cat@example.jp"})
    typed.post(url("page", 1), {**ANSWERS, "action": "next"})
    assert len(keys) >= 4
    assert [key for key in keys if token_of(typed) in key or "cat@example.jp" in key] == []
