"""The city's key: from a file (PKCS#12), or in a token that never gives it away (PKCS#11). Kept once per process."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from notices.signing.errors import CertificateNotValid, SigningKeyMissing, SigningKeyUnusable
from notices.signing.template import Template
from notices.signing.token import Token, begin_anew, open_session

DIGEST = "sha256"


def signer() -> Any:
    """What signs. A new file is a new key.

    Raises SigningKeyMissing, SigningKeyUnusable, TokenPinRefused, CertificateNotValid (expired, or not valid yet).
    """
    made = _signer()
    certificate = made.signing_cert
    if not certificate.not_valid_before <= timezone.now() <= certificate.not_valid_after:
        raise CertificateNotValid
    return made


def _signer() -> Any:
    if settings.SIGNING_PKCS11_MODULE:
        path = Path(settings.SIGNING_CERTIFICATE_PATH)
        return _token_signer(path, changed_at(path), Token.of_settings())
    path = Path(settings.SIGNING_KEY_PATH)
    return _file_signer(path, changed_at(path), settings.SIGNING_KEY_PASSWORD)


def changed_at(path: Path) -> int:
    """When the file was written, in nanoseconds. Raises SigningKeyMissing."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        raise SigningKeyMissing from None


@lru_cache(maxsize=2)
def load_file(path: Path, _changed: int, password: str) -> tuple[Any, Any, list[Any]]:
    """Key, certificate and further certificates of a PKCS#12 file. Raises SigningKeyUnusable."""
    from cryptography.hazmat.primitives.serialization import pkcs12

    try:
        key, certificate, others = pkcs12.load_key_and_certificates(path.read_bytes(), password.encode() or None)
    except (OSError, ValueError) as error:
        raise SigningKeyUnusable from error
    if key is None or certificate is None:
        raise SigningKeyUnusable
    return key, certificate, list(others)


@lru_cache(maxsize=2)
def load_certificates(path: Path, _changed: int) -> list[Any]:
    """The certificates of a PEM file, the signer's own first. Raises SigningKeyUnusable."""
    from cryptography import x509

    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as error:
        raise SigningKeyUnusable from error


@lru_cache(maxsize=2)
def _file_signer(path: Path, changed: int, password: str) -> Any:
    key, certificate, others = load_file(path, changed, password)
    return _kept_key_signer()(key=key, certificate=to_asn1(certificate), store=_store(others))


@lru_cache(maxsize=2)
def _token_signer(path: Path, changed: int, token: Token) -> Any:
    """A session with the token, opened after the process was forked: sessions belong to one process."""
    # an extra (`pkcs11`) that only cities with a token install
    from pyhanko.sign.pkcs11 import PKCS11Signer

    certificate, *others = load_certificates(path, changed)
    session = open_session(token)
    return PKCS11Signer(
        session,
        signing_cert=to_asn1(certificate),
        ca_chain=[to_asn1(other) for other in others],
        key_label=token.key,
        embed_roots=False,
        use_raw_mechanism=_signs_raw(session, certificate),
    )


def forget_session() -> None:
    """Open a new session with the token at the next signature: the one that was kept is over."""
    _token_signer.cache_clear()
    begin_anew(Token.of_settings())


def _signs_raw(session: Any, certificate: Any) -> bool:
    """Whether we hash for a token that signs with an elliptic curve, but only what is hashed already."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from pkcs11 import Mechanism

    is_curve = isinstance(certificate.public_key(), ec.EllipticCurvePublicKey)
    return is_curve and Mechanism.ECDSA_SHA256 not in session.token.slot.get_mechanisms()


# Any: asn1crypto and the store carry no types
def to_asn1(certificate: Any) -> Any:
    """A certificate as pyHanko wants it."""
    from asn1crypto import x509
    from cryptography.hazmat.primitives import serialization

    load: Any = x509.Certificate.load
    return load(certificate.public_bytes(serialization.Encoding.DER))


def _store(certificates: list[Any]) -> Any:
    from pyhanko_certvalidator import registry

    make: Any = registry.SimpleCertificateStore
    store = make()
    store.register_multiple([to_asn1(certificate) for certificate in certificates])
    return store


@lru_cache(maxsize=1)
def _kept_key_signer() -> Any:
    # the class is made here because importing pyHanko costs 0.4 s, which only the worker needs to pay
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding
    from pyhanko.sign import Signer

    class KeptKeySigner(Signer):
        """Signs with a loaded key (EC, or RSA with PKCS#1 v1.5 padding), and puts the message together once."""

        def __init__(self, *, key: Any, certificate: Any, store: Any) -> None:
            super().__init__(signing_cert=certificate, cert_registry=store, embed_roots=False)
            self._key = key
            self._template: Template | None = None

        async def async_sign(self, data_digest: bytes, digest_algorithm: str, *args: Any, **asked: Any) -> Any:
            # a time stamp is another one for each document, and a seal is all that we put into a PDF
            is_plain = asked.get("use_pades") and not asked.get("timestamper") and digest_algorithm == DIGEST
            is_plain = is_plain and not args and not asked.get("dry_run")
            if is_plain and self._template is not None:
                return self._template.fill(data_digest, self._sign)
            made = await super().async_sign(data_digest, digest_algorithm, *args, **asked)
            if is_plain:
                self._template = Template.of(made, data_digest)
            return made

        async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
            return self._sign(data, digest_algorithm)

        def _sign(self, data: bytes, digest_algorithm: str = DIGEST) -> bytes:
            digest = getattr(hashes, digest_algorithm.upper())()
            if isinstance(self._key, ec.EllipticCurvePrivateKey):
                return self._key.sign(data, ec.ECDSA(digest))
            return bytes(self._key.sign(data, padding.PKCS1v15(), digest))

    return KeptKeySigner
