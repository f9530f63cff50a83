"""Certificates served at once: begun, asked, signed, paid, handed over."""
