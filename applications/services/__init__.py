"""Writes of the applications. Plain functions; the acting user is an argument."""
