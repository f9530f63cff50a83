"""What is enclosed with a notice, for its letter: only what a printer prints as it is."""

from django.utils.translation import gettext_lazy as _

from cityhall.enums import FileState
from cityhall.errors import DomainError
from cityhall.models import StoredFile
from cityhall.services.files import read_bytes
from notices.models import Notice
from notices.typesetting.print_file import count_pages

_PDF = "application/pdf"


class NotPrintable(DomainError):
    """A person has to print an enclosed file, or to look at it."""

    code = "enclosure_not_printable"

    def __init__(self, name: str) -> None:
        text = _("添付ファイル「%(name)s」を印刷用のPDFに入れられません。印刷して同封し、手作業で発送してください。")
        super().__init__(text % {"name": name[:80]})


def enclosed_pdfs(notice: Notice) -> list[bytes]:
    """The enclosed files in their order. Raises NotPrintable for one that is no PDF or cannot be read."""
    rows = notice.files.select_related("file").order_by("position", "id")
    return [_pdf_of(row.file) for row in rows]


def _pdf_of(stored: StoredFile) -> bytes:
    # a native library that only the worker needs
    import pikepdf

    if stored.content_type != _PDF or stored.state != FileState.CLEAN:
        raise NotPrintable(stored.name)
    try:
        content = read_bytes(stored)
        count_pages(content)
    except (OSError, pikepdf.PdfError) as error:
        raise NotPrintable(stored.name) from error
    return content
