"""Pages of residents about themselves and about those they file for."""
