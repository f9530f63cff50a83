"""Run as a process: read a PDF from standard input, print as JSON what it says about itself.

A stranger's file is parsed here and nowhere else: the process limits its own memory and time, and knows
nothing of Django or the database. Arguments: the path of the CA's certificate, the address before a number
in the links of our letters.
"""

import io
import json
import re
import resource
import sys
from pathlib import Path
from typing import Any

MEMORY_BYTES = 1024 * 1024 * 1024
CPU_SECONDS = 20
MOST_PAGES = 200
_KEYWORD = re.compile(r"notice-number:([0-9]{11})")

NO_SIGNATURE, OURS_INTACT, OURS_BROKEN, FOREIGN = "none", "ours_intact", "ours_broken", "foreign"


def numbers_in(content: bytes, verify_prefix: str) -> list[str]:
    """Notice numbers in the metadata and in the links of the document, in order of their finding."""
    import pikepdf

    found: list[str] = []
    link = re.compile(re.escape(verify_prefix) + r"([0-9]{11})/?$")
    with pikepdf.open(io.BytesIO(content)) as pdf:
        keywords = str(pdf.docinfo.get("/Keywords", "")) if pdf.trailer.get("/Info") is not None else ""
        entries: Any = pdf.open_metadata()
        with entries:
            keywords += " " + str(entries.get("pdf:Keywords", ""))
        found += _KEYWORD.findall(keywords)
        for page in list(pdf.pages)[:MOST_PAGES]:
            for annotation in page.get("/Annots", []):
                action: Any = annotation.get("/A")
                found += link.findall(str(action.get("/URI", ""))) if action is not None else []
    return list(dict.fromkeys(found))


def signature_state(content: bytes, ca_path: Path) -> str:
    """Whether the document carries the city's signature, and whether it still fits all of the document."""
    from pyhanko.pdf_utils.reader import PdfFileReader

    signatures = PdfFileReader(io.BytesIO(content), strict=False).embedded_regular_signatures
    states = {_state_of(signature, ca_path) for signature in signatures}
    for state in (OURS_BROKEN, OURS_INTACT, FOREIGN):
        if state in states:
            return state
    return NO_SIGNATURE


def _state_of(signature: Any, ca_path: Path) -> str:
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    # no network: revocation of the city's certificate is the city's own knowledge
    context = ValidationContext(
        trust_roots=[_certificate(ca_path)],
        moment=signature.self_reported_timestamp,
        allow_fetching=False,
        revocation_mode="soft-fail",
    )
    status = validate_pdf_signature(signature, signer_validation_context=context)
    if not status.trusted:
        # a broken digest says nothing of the signer; the certificate in it does
        return FOREIGN if status.intact else _ours_if_issued_by(signature, ca_path)
    return OURS_INTACT if status.intact and status.valid and _covers_all(status) else OURS_BROKEN


def _covers_all(status: Any) -> bool:
    """Whether the signature is over all of the file, or only what proves its own validity was added to it."""
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    if status.coverage == SignatureCoverageLevel.ENTIRE_FILE:
        return True
    is_whole_revision = status.coverage == SignatureCoverageLevel.ENTIRE_REVISION
    return bool(is_whole_revision and status.modification_level == ModificationLevel.LTA_UPDATES)


def _ours_if_issued_by(signature: Any, ca_path: Path) -> str:
    return OURS_BROKEN if signature.signer_cert.issuer == _certificate(ca_path).subject else FOREIGN


def _certificate(path: Path) -> Any:
    from pyhanko import keys

    # Any: pyHanko's key functions carry no types
    load: Any = keys.load_cert_from_pemder
    return load(str(path))


def inspect(content: bytes, ca_path: Path, verify_prefix: str) -> dict[str, Any]:
    """What the document says. A broken part is like a missing one: this answers a stranger, not a person of ours."""
    answer: dict[str, Any] = {"numbers": [], "signature": NO_SIGNATURE}
    try:
        answer["numbers"] = numbers_in(content, verify_prefix)
    except Exception as error:  # noqa: BLE001 - hostile input raises anything
        answer["numbers_error"] = type(error).__name__
    try:
        if b"/ByteRange" in content:
            answer["signature"] = signature_state(content, ca_path)
    except Exception as error:  # noqa: BLE001 - the same
        answer["signature_error"] = type(error).__name__
    return answer


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answer = inspect(sys.stdin.buffer.read(), Path(sys.argv[1]), sys.argv[2])
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
