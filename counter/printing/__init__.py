"""What a desk prints."""
