"""The HTTP API: routes, their schemas, and how requests become calls."""
