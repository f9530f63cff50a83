"""Pages of the mass notices."""
