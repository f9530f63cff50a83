"""Finding procedures by the words people use. Needs no database: entries go in, ranked keys come out."""

from applications.finding.entries import Entry
from applications.finding.index import Found, Index
from applications.finding.lexicon import Lexicon, LexiconError, lexicon, read_lexicon

__all__ = ["Entry", "Found", "Index", "Lexicon", "LexiconError", "lexicon", "read_lexicon"]
