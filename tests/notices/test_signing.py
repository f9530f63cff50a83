"""The city's seal, looked at by programs that are not ours: pdfsig, qpdf and pyHanko's validator."""

import datetime as dt
import io
import os
import shutil
import subprocess
from pathlib import Path

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from pikepdf import pdfa
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import DocumentSecurityStore, validate_pdf_signature, validate_pdf_timestamp
from pyhanko_certvalidator import ValidationContext

from notices.inspection import OURS_BROKEN, OURS_INTACT, signature_state
from notices.signing import (
    FIELD_NAME,
    SigningKeyMissing,
    SigningKeyUnusable,
    TimestampMissing,
    TokenPinRefused,
    ValidityUnproven,
    keys,
    sign,
)
from notices.signing.certificate import check_certificate, check_long_term, days_left, ends_soon
from notices.signing.errors import CertificateNotValid
from notices.signing.keys import to_asn1
from notices.typesetting.compiler import set_pdf
from tests.notices.authorities import Authority

needs_pdfsig = pytest.mark.skipif(not shutil.which("pdfsig"), reason="poppler-utils are not installed")
needs_qpdf = pytest.mark.skipif(not shutil.which("qpdf"), reason="qpdf is not installed")
SOFTHSM = next(Path("/usr/lib").rglob("libsofthsm2.so"), None)


@pytest.fixture(scope="module")
def pdf():
    """A letter of the layout itself, with tags and PDF/A."""
    data = {
        "meta": {"title": "通知書", "author": "緑野市"},
        "window": {"left": 22, "top": 16, "width": 82, "height": 38},
        "shows_window": False,
        "recipient": {"postal": "〒100-0013", "address": ["東京都緑野市"], "building": [], "name": ["高橋 さくら"]},
        "bars": None,
        "sender": [["緑野市役所"]],
        "title": ["通知書の送付について"],
        "body": [{"t": "p", "c": ["次の通知書を書面でお送りします。"]}],
        "particulars": [{"label": ["通知番号"], "text": [["1234"]]}],
        "code": {"qr": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', "alt": "QR", "text": [["-"]]},
    }
    return set_pdf("cover.typ", data, moment=dt.datetime(2026, 11, 22, tzinfo=dt.UTC))


@pytest.fixture
def authority(tmp_path, settings):
    made = Authority(tmp_path)
    settings.SIGNING_KEY_PATH = made.write_key()
    settings.SIGNING_KEY_PASSWORD = ""
    settings.SIGNING_CA_PATH = made.write_ca()
    settings.SIGNING_TSA_CA_PATH = str(settings.SIGNING_CA_PATH)
    yield made
    made.close()


def seal_of(content):
    return next(
        signature
        for signature in PdfFileReader(io.BytesIO(content)).embedded_regular_signatures
        if signature.field_name == FIELD_NAME
    )


def said_by(*command, content, tmp_path):
    file = tmp_path / "signed.pdf"
    file.write_bytes(content)
    done = subprocess.run([*command, file], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


@needs_pdfsig
def test_seal_is_whole_for_pdfsig(pdf, authority, tmp_path):
    sign(pdf, signer_name="緑野市")
    code, said = said_by("pdfsig", "-nocert", content=sign(pdf, signer_name="緑野市"), tmp_path=tmp_path)
    assert code == 0
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said


@needs_qpdf
def test_signed_letter_is_sound_for_qpdf(pdf, authority, tmp_path):
    code, said = said_by("qpdf", "--check", content=sign(pdf, signer_name="緑野市"), tmp_path=tmp_path)
    assert (code, "No syntax or stream encoding errors found" in said) == (0, True)


def test_signed_letter_stays_archive_format_with_tags(pdf, authority):
    with pikepdf.open(io.BytesIO(sign(pdf, signer_name="緑野市"))) as signed:
        assert signed.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in signed.Root
        # ISO 19005-3 knows no PDF 2.0
        assert "/Version" not in signed.Root
        metadata = signed.open_metadata()
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")


def violations_of(content):
    """Rules of PDF/A-3 that a validator with veraPDF's table of rules finds broken, but for what it does not know."""
    found = pdfa.validate_written(io.BytesIO(content), "3b").violations
    return {
        (one.rule, one.message)
        for one in found
        # it takes the description of our own metadata for metadata, and level A for a mistyped B
        if one.rule not in {"ISO_19005_3:6.6.2.3.1-1", "ISO_19005_3:6.6.4-3"}
    }


@pytest.mark.parametrize("key", ["curve", "rsa"])
def test_signature_breaks_no_rule_of_the_archive_format(pdf, authority, settings, key):
    made = rsa.generate_private_key(65537, 2048) if key == "rsa" else ec.generate_private_key(ec.SECP256R1())
    settings.SIGNING_KEY_PATH = authority.write_key(made)
    assert violations_of(pdf) == set()
    assert violations_of(sign(pdf, signer_name="緑野市")) == set()
    # the same validator sees what a signature may break
    with pikepdf.open(io.BytesIO(pdf)) as newer:
        newer.Root["/Version"] = pikepdf.Name("/2.0")
        target = io.BytesIO()
        newer.save(target)
    assert {rule for rule, _message in violations_of(target.getvalue())} == {"ISO_19005_3:6.1.2-1"}


@pytest.mark.parametrize("key", ["curve", "rsa"])
def test_seal_is_trusted_by_its_authority_only(pdf, authority, settings, key):
    made = rsa.generate_private_key(65537, 2048) if key == "rsa" else ec.generate_private_key(ec.SECP256R1())
    settings.SIGNING_KEY_PATH = authority.write_key(made)
    # the first signature of a key is put together, the others are made like it
    first, second = (seal_of(sign(pdf, signer_name=name)) for name in ("緑野市", "緑野市役所"))
    assert first.compute_digest() != second.compute_digest()
    ours = ValidationContext(trust_roots=[to_asn1(authority.ca)], allow_fetching=False)
    strangers = ValidationContext(trust_roots=[], allow_fetching=False)
    for seal in (first, second):
        status = validate_pdf_signature(seal, signer_validation_context=ours)
        assert (status.bottom_line, status.trusted, status.timestamp_validity) == (True, True, None)
        assert not validate_pdf_signature(seal, signer_validation_context=strangers).trusted


def test_authority_puts_its_time_into_the_seal(pdf, authority, settings):
    settings.SIGNING_TSA_URL = f"{authority.url}/tsa"
    before = dt.datetime.now(dt.UTC)
    signed = sign(pdf, signer_name="緑野市")
    context = ValidationContext(trust_roots=[to_asn1(authority.ca)], allow_fetching=False)
    status = validate_pdf_signature(seal_of(signed), signer_validation_context=context)
    stamp = status.timestamp_validity
    assert (stamp.valid, stamp.intact, stamp.trusted) == (True, True, True)
    assert abs((stamp.timestamp - before).total_seconds()) < 60
    assert signature_state(signed, settings.SIGNING_CA_PATH) == OURS_INTACT
    assert authority.asked["crl"] == 0


def test_authority_that_is_down_is_named(pdf, authority, settings):
    settings.SIGNING_TSA_URL = f"{authority.url}/tsa"
    authority.is_down = True
    with pytest.raises(TimestampMissing):
        sign(pdf, signer_name="緑野市")
    # nobody listens there
    settings.SIGNING_TSA_URL = "http://127.0.0.1:9/tsa"
    with pytest.raises(TimestampMissing):
        sign(pdf, signer_name="緑野市")


@pytest.mark.parametrize(("level", "stamps"), [("lt", 0), ("lta", 1)])
def test_long_term_seal_proves_itself_without_the_network(pdf, authority, settings, tmp_path, level, stamps):
    settings.SIGNING_TSA_URL = f"{authority.url}/tsa"
    settings.SIGNING_LTV = level
    signed = sign(pdf, signer_name="緑野市")
    reader = PdfFileReader(io.BytesIO(signed))
    assert len(reader.embedded_timestamp_signatures) == stamps
    assert len(reader.root["/DSS"]["/CRLs"]) >= 1
    authority.close()
    # what the document brings with it must be enough, and nothing of it may be missing
    asked = {"trust_roots": [to_asn1(authority.ca)], "allow_fetching": False, "revocation_mode": "require"}
    proofs = DocumentSecurityStore.read_dss(reader).as_validation_context(asked)
    status = validate_pdf_signature(seal_of(signed), signer_validation_context=proofs)
    assert (status.bottom_line, status.timestamp_validity.trusted) == (True, True)
    for stamp in reader.embedded_timestamp_signatures:
        over_all = validate_pdf_timestamp(stamp, validation_context=proofs)
        assert (over_all.intact, over_all.valid, over_all.trusted) == (True, True, True)
    # the check page sees the same seal, though proofs were added after it
    assert signature_state(signed, settings.SIGNING_CA_PATH) == OURS_INTACT
    if shutil.which("pdfsig"):
        code, said = said_by("pdfsig", "-nocert", content=signed, tmp_path=tmp_path)
        # it knows no document time stamps, and says so of the second one
        assert (code, said.count("Signature is Valid"), said.count("Signature #")) == (0, 1, 1 + stamps)
    if shutil.which("qpdf"):
        assert said_by("qpdf", "--check", content=signed, tmp_path=tmp_path)[0] == 0


def test_lists_of_revoked_certificates_are_read_once_for_many_letters(pdf, authority, settings):
    settings.SIGNING_TSA_URL = f"{authority.url}/tsa"
    settings.SIGNING_LTV = "lt"
    sign(pdf, signer_name="緑野市")
    asked = authority.asked["crl"]
    for _letter in range(3):
        sign(pdf, signer_name="緑野市")
    assert authority.asked["crl"] == asked


def test_long_term_without_the_list_is_refused(pdf, authority, settings):
    settings.SIGNING_TSA_URL = f"{authority.url}/tsa"
    settings.SIGNING_LTV = "lt"
    authority.crl = b"no list"
    with pytest.raises(ValidityUnproven):
        sign(pdf, signer_name="緑野市")


def test_changed_letter_is_broken_for_the_check_page(pdf, authority, settings):
    signed = sign(pdf, signer_name="緑野市")
    with pikepdf.open(io.BytesIO(signed)) as changed:
        changed.docinfo["/Title"] = "別の通知書"
        target = io.BytesIO()
        changed.save(target)
    assert signature_state(target.getvalue(), settings.SIGNING_CA_PATH) == OURS_BROKEN
    appended = signed + b"\n% more\n"
    assert signature_state(appended, settings.SIGNING_CA_PATH) == OURS_BROKEN


@pytest.fixture
def token(authority, settings, tmp_path, monkeypatch):
    """A software token with a key that stays in it."""
    pkcs11 = pytest.importorskip("pkcs11", reason="the extra pkcs11 is not installed")
    if SOFTHSM is None or not shutil.which("softhsm2-util"):
        pytest.skip("softhsm2 is not installed")
    (tmp_path / "tokens").mkdir()
    config = tmp_path / "softhsm2.conf"
    config.write_text(f"directories.tokendir = {tmp_path / 'tokens'}\nobjectstore.backend = file\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(config))
    init = ["softhsm2-util", "--init-token", "--free", "--label", "city", "--pin", "123456", "--so-pin", "654321"]
    subprocess.run(init, check=True, capture_output=True, env=os.environ)
    settings.SIGNING_PKCS11_MODULE = str(SOFTHSM)
    settings.SIGNING_PKCS11_TOKEN, settings.SIGNING_PKCS11_PIN, settings.SIGNING_PKCS11_KEY = "city", "123456", "seal"
    settings.SIGNING_CERTIFICATE_PATH = tmp_path / "city.pem"

    def make(kind):
        library = pkcs11.lib(str(SOFTHSM))
        library.reinitialize()
        with library.get_token(token_label="city").open(rw=True, user_pin="123456") as session:
            public, _private = _generate(pkcs11, session, kind)
        certificate = authority.issue(public, "緑野市")
        chain = [certificate, authority.ca]
        settings.SIGNING_CERTIFICATE_PATH.write_bytes(
            b"".join(one.public_bytes(serialization.Encoding.PEM) for one in chain)
        )
        return certificate

    return make


def _generate(pkcs11, session, kind):
    from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters
    from pkcs11.util.rsa import encode_rsa_public_key

    if kind == "rsa":
        public, private = session.generate_keypair(pkcs11.KeyType.RSA, 2048, label="seal", store=True)
        encoded = encode_rsa_public_key(public)
        from asn1crypto.keys import PublicKeyInfo, RSAPublicKey

        encoded = PublicKeyInfo.wrap(RSAPublicKey.load(encoded), "rsa").dump()
    else:
        curve = {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
        parameters = session.create_domain_parameters(pkcs11.KeyType.EC, curve, local=True)
        public, private = parameters.generate_keypair(label="seal", store=True)
        encoded = encode_ec_public_key(public)
    return serialization.load_der_public_key(encoded), private


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["curve", "rsa"])
def test_key_in_a_token_signs_without_leaving_it(pdf, authority, token, settings, tmp_path, kind):
    certificate = token(kind)
    settings.SIGNING_KEY_PATH = tmp_path / "none.p12"
    signed = sign(pdf, signer_name="緑野市")
    seal = seal_of(signed)
    assert seal.signer_cert.serial_number == certificate.serial_number
    assert signature_state(signed, settings.SIGNING_CA_PATH) == OURS_INTACT
    # a second letter uses the same session
    assert seal_of(sign(pdf, signer_name="緑野市")).signer_cert.serial_number == certificate.serial_number


@pytest.mark.django_db
def test_token_with_a_wrong_pin_is_asked_once(pdf, token, settings, monkeypatch):
    from pyhanko.sign import pkcs11 as signing

    token("curve")
    asked = []
    original = signing.open_pkcs11_session
    monkeypatch.setattr(signing, "open_pkcs11_session", lambda *one, **more: asked.append(1) or original(*one, **more))
    settings.SIGNING_PKCS11_PIN = "000000"
    for _time in range(4):
        with pytest.raises(TokenPinRefused):
            sign(pdf, signer_name="緑野市")
    assert len(asked) == 1
    settings.SIGNING_PKCS11_PIN = "123456"
    assert seal_of(sign(pdf, signer_name="緑野市"))


@pytest.mark.django_db
def test_session_that_died_is_opened_once_more(pdf, authority, token, settings):
    token("curve")
    sign(pdf, signer_name="緑野市")
    # what a token does that was taken out: the session is over behind our back
    keys._signer().pkcs11_session.close()
    assert signature_state(sign(pdf, signer_name="緑野市"), settings.SIGNING_CA_PATH) == OURS_INTACT


@pytest.mark.django_db
def test_token_that_stays_out_is_told_as_such(pdf, token, settings, monkeypatch, tmp_path):
    token("curve")
    sign(pdf, signer_name="緑野市")
    keys._signer().pkcs11_session.close()
    settings.SIGNING_PKCS11_TOKEN = "another"
    with pytest.raises(SigningKeyUnusable):
        sign(pdf, signer_name="緑野市")


def test_token_without_a_certificate_is_told_as_such(pdf, authority, settings, tmp_path):
    settings.SIGNING_PKCS11_MODULE = "/usr/lib/none.so"
    settings.SIGNING_CERTIFICATE_PATH = tmp_path / "none.pem"
    with pytest.raises(SigningKeyMissing):
        sign(pdf, signer_name="緑野市")


@pytest.mark.parametrize(("days", "soon", "ids"), [(200, False, []), (89, True, ["W001"]), (-1, True, ["E001"])])
def test_end_of_the_certificate_is_told_in_time(authority, settings, days, soon, ids):
    settings.SIGNING_KEY_PATH = authority.write_key(days=max(0, days))
    authority_now = authority.now + dt.timedelta(hours=1)
    assert days_left(authority_now) == (days - 1 if days > 0 else -1)
    assert ends_soon(authority_now) is soon
    assert [message.id for message in check_certificate(app_configs=None)] == [f"notices.{one}" for one in ids]


def test_certificate_of_a_token_is_read_from_its_file(authority, settings, tmp_path):
    settings.SIGNING_PKCS11_MODULE = "/usr/lib/any.so"
    settings.SIGNING_CERTIFICATE_PATH = tmp_path / "city.pem"
    assert days_left() is None
    certificate = authority.issue(ec.generate_private_key(ec.SECP256R1()).public_key(), "緑野市", days=30)
    settings.SIGNING_CERTIFICATE_PATH.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    assert days_left() == 29
    assert x509.load_pem_x509_certificate(settings.SIGNING_CERTIFICATE_PATH.read_bytes()) == certificate


def test_long_term_without_an_authority_is_a_mistake(settings):
    settings.SIGNING_LTV, settings.SIGNING_TSA_URL = "lt", ""
    assert [message.id for message in check_long_term(app_configs=None)] == ["notices.E003"]
    settings.SIGNING_LTV = "forever"
    assert [message.id for message in check_long_term(app_configs=None)] == ["notices.E002"]
    settings.SIGNING_LTV = ""
    assert check_long_term(app_configs=None) == []


@pytest.mark.parametrize("days", [-3, 2])
def test_certificate_outside_its_time_signs_nothing(pdf, authority, settings, monkeypatch, days):
    settings.SIGNING_KEY_PATH = authority.write_key(days=1)
    sign(pdf, signer_name="緑野市")
    moment = authority.now + dt.timedelta(days=days)
    monkeypatch.setattr("notices.signing.keys.timezone.now", lambda: moment)
    with pytest.raises(CertificateNotValid):
        sign(pdf, signer_name="緑野市")
