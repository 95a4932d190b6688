"""Committing what was read: a thousand rows a transaction, each row exactly once, whenever it is interrupted."""

from services.clients.importing.committing.batch import Batch, Line
from services.clients.importing.committing.companies import settle_clients
from services.clients.importing.committing.history import settle_activities
from services.clients.importing.committing.own import fit
from services.clients.importing.committing.people import settle_contacts

__all__ = ["Batch", "Line", "fit", "settle_activities", "settle_clients", "settle_contacts"]
