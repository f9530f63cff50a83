"""What happened, and what has pages of its own to be changed on, can be read here and nothing else."""

from cityhall.admin import BaseAdmin


class ReadOnlyAdmin(BaseAdmin):
    append_only = True
    ordering = ["-id"]
