"""Pages on which staff put the answers of a procedure on the city's own paper."""
