"""Erasing a person: every text of every table of a service, the same way in each service.

A column is searched because it is there, not because somebody thought of it. A service's plan names only the
exceptions: what the law or somebody else's right keeps, and what goes as a whole row.
"""
