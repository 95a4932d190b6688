"""The audit log: what it covers, that it cannot be changed, and that it forgets."""
