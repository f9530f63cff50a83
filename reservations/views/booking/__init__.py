"""The pages on which somebody books: for what, where, on which day, at what time, for whom."""
