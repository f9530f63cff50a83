"""Pages of ordered certificates: for everybody, and for the counter."""
