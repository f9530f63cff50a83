"""Filling in at the hall (記載台): a tablet that forgets who used it."""
