"""Which pages the product has, and the ways on which a browser comes to each of them."""
