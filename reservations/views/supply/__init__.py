"""Pages of who edits the supply: one screen, a week beside what is chosen in it."""
