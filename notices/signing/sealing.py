"""Signing one PDF: PAdES-B-B by itself, B-T with a time stamp, B-LT and B-LTA for the long term.

The stock signer loads and checks the private key at every signature (95 ms for RSA-2048); the kept key, a fixed
reserve for the signature and a message that is put together once (`template`) make it a tenth of that.
"""

from typing import Any

from django.conf import settings

from notices.signing.archive import writer_for
from notices.signing.errors import SigningKeyUnusable, TimestampMissing, ValidityUnproven
from notices.signing.keys import DIGEST, forget_session, signer
from notices.signing.token import SessionLost, token_errors
from notices.signing.validity import stamper, validation_context

# a signature with its certificates takes about 4 kB, a time stamp as much again; unused room costs bytes, too little
# costs the document
BYTES_RESERVED = 16384
FIELD_NAME = "CitySeal"
LT, LTA = "lt", "lta"


def sign(pdf: bytes, *, signer_name: str) -> bytes:
    """The PDF with the city's signature over all of it.

    Asks the time stamp authority where SIGNING_TSA_URL names one, and once in a while the certificate authority where
    SIGNING_LTV asks for the long term.
    A session with a token that is over is opened once more.
    Raises SigningKeyMissing, SigningKeyUnusable, TokenPinRefused, TimestampMissing, ValidityUnproven.
    """
    try:
        return _sign(pdf, signer_name)
    except SessionLost:
        forget_session()
    try:
        return _sign(pdf, signer_name)
    except SessionLost as error:
        raise SigningKeyUnusable from error


def _sign(pdf: bytes, signer_name: str) -> bytes:
    from pyhanko.sign import PdfSigner

    with token_errors():
        maker = PdfSigner(_metadata(signer_name), signer=signer(), timestamper=stamper())
        signed = _make(maker, writer_for(pdf))
    return bytes(signed.getbuffer())


def _metadata(signer_name: str) -> Any:
    from pyhanko.sign import PdfSignatureMetadata
    from pyhanko.sign.fields import SigSeedSubFilter

    long_term = settings.SIGNING_LTV in (LT, LTA)
    return PdfSignatureMetadata(
        field_name=FIELD_NAME,
        md_algorithm=DIGEST,
        subfilter=SigSeedSubFilter.PADES,
        name=signer_name,
        embed_validation_info=long_term,
        use_pades_lta=settings.SIGNING_LTV == LTA,
        validation_context=validation_context() if long_term else None,
    )


def _make(maker: Any, writer: Any) -> Any:
    from pyhanko.sign.general import SigningError
    from pyhanko.sign.timestamps.common_utils import TimestampRequestError
    from pyhanko_certvalidator.errors import PathError, PathValidationError, ValidationError

    try:
        return maker.sign_pdf(writer, bytes_reserved=BYTES_RESERVED)
    except TimestampRequestError as error:
        raise TimestampMissing from error
    except (SigningError, ValidationError, PathError, PathValidationError) as error:
        if not settings.SIGNING_LTV:
            raise
        raise ValidityUnproven from error
