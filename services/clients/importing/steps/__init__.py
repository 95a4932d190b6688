"""The work of an import, in slices of a few seconds: each may be killed at any moment, and the next goes on."""
