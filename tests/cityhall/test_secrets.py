import re

import pytest

from cityhall.crypto import CannotDecrypt, decrypt, decrypt_for, encrypt, encrypt_for
from cityhall.ids import public_id
from cityhall.links import is_link_secret, link_secret


def test_link_secret_depends_on_purpose_row_version_and_key(settings):
    secret = link_secret("reservation", 7, 1)
    assert re.fullmatch(r"[\w-]{27}", secret)
    assert secret == link_secret("reservation", 7, 1)
    others = {link_secret("reply", 7, 1), link_secret("reservation", 71, 1), link_secret("reservation", 7, 2)}
    settings.LINK_KEY = "another key"
    others.add(link_secret("reservation", 7, 1))
    assert len(others | {secret}) == 5


def test_parts_of_a_link_secret_do_not_run_together():
    assert link_secret("a", "1\x1f2", 3) != link_secret("a", "1", 3)
    assert link_secret("a1", 2, 3) != link_secret("a", 12, 3)


def test_is_link_secret():
    assert is_link_secret(link_secret("reply", 7, 1), "reply", 7, 1)
    assert not is_link_secret(link_secret("reply", 7, 1), "reply", 7, 2)
    assert not is_link_secret("日本語", "reply", 7, 1)


def test_encrypt_is_different_every_time_and_reads_back():
    text = "確認コード 123456 𠮷"
    assert encrypt(text) != encrypt(text)
    assert decrypt(encrypt(text)) == text
    assert "123456" not in encrypt(text)


def test_decrypt_refuses_altered_text_and_other_keys(settings):
    token = encrypt("x")
    with pytest.raises(CannotDecrypt):
        decrypt(token[:-4] + "AAA=")
    settings.OUTBOX_KEY = "another key"
    with pytest.raises(CannotDecrypt):
        decrypt(token)


def test_public_ids_fit_a_url_and_do_not_repeat():
    ids = {public_id() for _turn in range(1000)}
    assert len(ids) == 1000
    assert all(re.fullmatch(r"[2-9A-HJ-NP-Za-km-z]{22}", text) for text in ids)


def test_text_for_a_code_needs_the_code_the_purpose_and_the_key(settings):
    token = encrypt_for("abcd", "回答", purpose="guide 1")
    assert "回答" not in token
    assert decrypt_for("abcd", token, purpose="guide 1") == "回答"
    for code, purpose in (("abce", "guide 1"), ("abcd", "other")):
        with pytest.raises(CannotDecrypt):
            decrypt_for(code, token, purpose=purpose)
    with pytest.raises(CannotDecrypt):
        decrypt(token)
    settings.OUTBOX_KEY = "another key"
    with pytest.raises(CannotDecrypt):
        decrypt_for("abcd", token, purpose="guide 1")
