"""Filling in at the hall: choose, answer, check, and leave with a code. Nothing stays on the tablet."""
