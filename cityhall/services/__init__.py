"""Writes of the base. Plain functions; the acting user is an argument."""
