"""Searching the texts of clients: what was typed, the clients it finds, and where in them it stands."""

from services.clients.queries.searching.finding import candidates, name_matches
from services.clients.queries.searching.hits import hits_of
from services.clients.queries.searching.slips import Slips, slips_of
from services.clients.queries.searching.typed import Search, Term, read_search

__all__ = ["Search", "Slips", "Term", "candidates", "hits_of", "name_matches", "read_search", "slips_of"]
