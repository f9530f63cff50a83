"""Pages of the hall: kiosks, phones, the floor staff's tablet, displays, waiting times."""
