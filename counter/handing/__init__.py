"""What the back office gets of a case, as JSON and as a table: made from what was filed, without a database."""

from counter.handing.document import Case, Document, document_of, name_of
from counter.handing.files import csv_of, drop, json_of

__all__ = ["Case", "Document", "csv_of", "document_of", "drop", "json_of", "name_of"]
