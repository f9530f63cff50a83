"""Modules of this part: one a noun."""
