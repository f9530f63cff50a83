"""Pages of classes and events: for everybody, for who makes them, and for who stands at the door."""
