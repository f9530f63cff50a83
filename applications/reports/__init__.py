"""Reports from the street: positions, the map, the work of a person before sending, words. No database."""
