"""What others tell us over HTTP: signed, once, answered at once."""
