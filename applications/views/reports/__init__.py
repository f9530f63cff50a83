"""Pages of the reports from the street."""
