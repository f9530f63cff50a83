"""Reads of the applications. Every queryset starts from what the asking person may see."""
