"""Pages on which staff see the day, book for somebody on the telephone, and end what others booked."""
