"""Time stamps, and what shows years later that a certificate was valid when it signed."""

import time
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from notices.signing.errors import ValidityUnproven
from notices.signing.keys import changed_at, load_certificates, to_asn1

TSA_SECONDS = 5
# lists of revoked certificates are read anew after this time: every document would ask for them
_KEPT_SECONDS = 3600


def stamper() -> Any:
    """The client of the time stamp authority, kept; None where the city has none."""
    return _stamper(settings.SIGNING_TSA_URL) if settings.SIGNING_TSA_URL else None


@lru_cache(maxsize=1)
def _stamper(url: str) -> Any:
    from pyhanko.sign.timestamps import requests_client

    # Any: it carries no types
    make: Any = requests_client.RequestsHTTPTimeStamper
    # a name and password may stand in the address
    return make(url, timeout=TSA_SECONDS)


def validation_context() -> Any:
    """What certificates are checked against, with the revocation lists of this hour. Raises ValidityUnproven."""
    paths = [Path(path) for path in (settings.SIGNING_CA_PATH, settings.SIGNING_TSA_CA_PATH) if path]
    try:
        roots = tuple((path, changed_at(path)) for path in paths if path.is_file())
    except OSError as error:
        raise ValidityUnproven from error
    return _context(roots, int(time.time() // _KEPT_SECONDS))


@lru_cache(maxsize=1)
def _context(roots: tuple[tuple[Path, int], ...], _hour: int) -> Any:
    from pyhanko_certvalidator import ValidationContext
    from pyhanko_certvalidator.fetchers.requests_fetchers import RequestsFetcherBackend

    fetchers: Any = RequestsFetcherBackend(per_request_timeout=TSA_SECONDS).get_fetchers()
    return ValidationContext(
        trust_roots=[to_asn1(certificate) for root in roots for certificate in load_certificates(*root)],
        allow_fetching=True,
        fetchers=fetchers,
        # where a certificate names its list, a signature without that list proves nothing in ten years
        revocation_mode="hard-fail",
    )
