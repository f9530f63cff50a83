"""Pages of the till and of what is unpaid."""
