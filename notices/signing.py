"""The city's electronic seal: PAdES-B-B with one key object kept per process.

The stock signer loads and checks the private key at every signature (95 ms for RSA-2048); the kept key
and a fixed reserve for the signature make it 12 ms.
"""

import io
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cityhall.errors import DomainError

# a signature with its certificates takes about 4 kB; unused room costs bytes, too little costs the document
BYTES_RESERVED = 16384
FIELD_NAME = "CitySeal"


class SigningKeyMissing(DomainError):
    """There is no usable key at SIGNING_KEY_PATH."""

    code = "signing_key_missing"
    message = _("電子署名の鍵がありません。鍵を設置してから再試行してください。")


class SigningKeyUnusable(DomainError):
    """The key file is there, but cannot be read with SIGNING_KEY_PASSWORD or does not fit the certificate's use."""

    code = "signing_key_unusable"
    message = _("電子署名の鍵を読み取れません。鍵ファイルとパスワードを確認してください。")


def sign(pdf: bytes, *, signer_name: str) -> bytes:
    """The PDF with the city's signature over all of it. Raises SigningKeyMissing, SigningKeyUnusable."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import PdfSignatureMetadata, PdfSigner
    from pyhanko.sign.fields import SigSeedSubFilter

    metadata = PdfSignatureMetadata(
        field_name=FIELD_NAME, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, name=signer_name
    )
    signed = PdfSigner(metadata, signer=_signer()).sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(pdf)), bytes_reserved=BYTES_RESERVED
    )
    return bytes(signed.getbuffer())


def _signer() -> Any:
    path = Path(settings.SIGNING_KEY_PATH)
    try:
        changed = path.stat().st_mtime_ns
    except OSError:
        raise SigningKeyMissing from None
    return _load_signer(path, changed, settings.SIGNING_KEY_PASSWORD)


@lru_cache(maxsize=2)
def _load_signer(path: Path, _changed: int, password: str) -> Any:
    """Read the key once; a new file is a new key (its time of change is part of the cache key)."""
    from cryptography.hazmat.primitives.serialization import pkcs12

    try:
        key, certificate, others = pkcs12.load_key_and_certificates(path.read_bytes(), password.encode() or None)
    except (OSError, ValueError) as error:
        raise SigningKeyUnusable from error
    if key is None or certificate is None:
        raise SigningKeyUnusable
    store = _store([_to_asn1(other) for other in others])
    return _kept_key_signer()(key=key, certificate=_to_asn1(certificate), store=store)


# Any: asn1crypto and the store carry no types
def _to_asn1(certificate: Any) -> Any:
    from asn1crypto import x509
    from cryptography.hazmat.primitives import serialization

    load: Any = x509.Certificate.load
    return load(certificate.public_bytes(serialization.Encoding.DER))


def _store(certificates: list[Any]) -> Any:
    from pyhanko_certvalidator import registry

    make: Any = registry.SimpleCertificateStore
    store = make()
    store.register_multiple(certificates)
    return store


@lru_cache(maxsize=1)
def _kept_key_signer() -> Any:
    # the class is made here because importing pyHanko costs 0.4 s, which only the worker needs to pay
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding
    from pyhanko.sign import Signer

    class KeptKeySigner(Signer):
        """Signs with a loaded key (EC, or RSA with PKCS#1 v1.5 padding)."""

        def __init__(self, *, key: Any, certificate: Any, store: Any) -> None:
            super().__init__(signing_cert=certificate, cert_registry=store, embed_roots=False)
            self._key = key

        async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
            digest = getattr(hashes, digest_algorithm.upper())()
            if isinstance(self._key, ec.EllipticCurvePrivateKey):
                return self._key.sign(data, ec.ECDSA(digest))
            return bytes(self._key.sign(data, padding.PKCS1v15(), digest))

    return KeptKeySigner
