"""Pages of rooms and sites to let: for everybody, and for who sits at the telephone."""
