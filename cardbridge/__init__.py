"""Reads name, address, birth date and sex from a My Number card on a counter PC, for the portal's desk page."""
