"""What helps those who work on cases: points to check, notes, own files, saved filters, many cases at once."""

from applications.services.desk.assigning import Assigned, assign_many
from applications.services.desk.case_files import add_case_file
from applications.services.desk.checklists import check_point, forget_marks, uncheck_point
from applications.services.desk.notes import write_note
from applications.services.desk.points import add_point, change_point, move_point, retire_point
from applications.services.desk.saved_filters import delete_filter, open_first, rename_filter, save_filter

__all__ = [
    "Assigned",
    "add_case_file",
    "add_point",
    "assign_many",
    "change_point",
    "check_point",
    "delete_filter",
    "forget_marks",
    "move_point",
    "open_first",
    "rename_filter",
    "retire_point",
    "save_filter",
    "uncheck_point",
    "write_note",
]
