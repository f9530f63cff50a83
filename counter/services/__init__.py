"""Everything that writes what belongs to the counter."""
