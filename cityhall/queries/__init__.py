"""Reads of the base."""
