"""Pages of staff for the kinds of notices: the list, one kind, its rules, its texts and their versions."""
