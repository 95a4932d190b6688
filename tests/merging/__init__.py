"""Clients that are merged, over all services at once."""
