"""The designer: operations on a form while staff build it. Documents in, documents out; no database here."""
