"""What rows of evidence and of work look like in the admin: read, never changed."""

from cityhall.admin import BaseAdmin


class ReadOnlyAdmin(BaseAdmin):
    append_only = True


class WorkAdmin(ReadOnlyAdmin):
    """State, tries and the reason of the last failure. Repeating is done on the failures page, with its record."""

    list_filter = ["state", "lane"]
