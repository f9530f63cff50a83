"""The inventory of the city's procedures (棚卸): its file, its figures, its forms."""
