"""Pages of keeping and disposing."""
