"""The guide for residents, without an account, and for those who look after it."""
