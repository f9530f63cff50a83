"""Pages of the notices: the recipient's, the public check, the staff's."""
