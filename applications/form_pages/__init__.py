"""Pages of questions as Django forms, and the check of a whole draft.

The same fields check one page while a person types and all pages at submission: there is no second
set of rules.
"""

from applications.form_pages.checking import Checked, Problem, check
from applications.form_pages.logic import Given, deciding_answers, is_alive, logic_data, outcome_of, shown_pages
from applications.form_pages.page_form import Block, Mistake, PageForm
from applications.form_pages.rows import RowGroup, with_first_rows, without_blank_rows
from applications.form_pages.stored import Attached, attached_files, draft_values, file_names

__all__ = [
    "Attached",
    "Block",
    "Checked",
    "Given",
    "Mistake",
    "PageForm",
    "Problem",
    "RowGroup",
    "attached_files",
    "check",
    "deciding_answers",
    "draft_values",
    "file_names",
    "is_alive",
    "logic_data",
    "outcome_of",
    "shown_pages",
    "with_first_rows",
    "without_blank_rows",
]
