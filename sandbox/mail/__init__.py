"""A mail server that delivers to a web inbox instead of the world."""
