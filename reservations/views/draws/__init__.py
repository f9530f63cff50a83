"""Pages of draws: for everybody, and for staff."""
