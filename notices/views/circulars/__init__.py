"""Pages of the circulars: for staff and heads, for residents, for the tablet on the wall."""
