"""What people may read of the counter."""
