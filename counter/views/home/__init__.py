"""Prefill at home, for residents, without an account: choose, answer, keep, and bring one code."""
