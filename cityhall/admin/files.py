"""What is stored, without the content: files are handed out by the pages they belong to."""

from django.contrib import admin

from cityhall.admin.base import BaseAdmin
from cityhall.models import StoredFile


@admin.register(StoredFile)
class StoredFileAdmin(BaseAdmin):
    append_only = True
    list_display = ("name", "kind", "content_type", "size", "state", "created_at", "delete_after")
    list_filter = ("state", "kind")
    search_fields = ("=public_id", "=sha256", "name__startswith")
    ordering = ("-id",)
