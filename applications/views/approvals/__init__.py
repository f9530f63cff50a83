"""Screens of approvers: what waits for them, who stands in for them, and the words of refusals."""
