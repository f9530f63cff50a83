"""Pages of internal surveys (庁内照会)."""
