"""Pages of the clerk's tablet: a visit from the first word to the numbers of what was received."""
