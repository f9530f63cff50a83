"""Pages of the extracts."""
