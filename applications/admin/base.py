"""What happened can be read here, and nothing else."""

from cityhall.admin import BaseAdmin


class ReadOnlyAdmin(BaseAdmin):
    append_only = True
    ordering = ["-id"]
