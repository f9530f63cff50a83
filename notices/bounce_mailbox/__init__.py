"""Mails that came back over plain SMTP: the city's bounce mailbox, read with the standard library."""
