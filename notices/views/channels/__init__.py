"""Where residents choose how they are told that a notice is there."""
