"""City news by topic: for everybody to subscribe, for staff to write."""
