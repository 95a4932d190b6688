"""The RPC methods of clients: each names its permission and runs in one transaction."""

from __future__ import annotations

from libs.common.money import MoneyError
from libs.common.problems import Invalid, Problem
from libs.common.rpc.server import Operations
from services.clients.access import PERMISSIONS
from services.clients.audit import AUDIT
from services.clients.domain import ClientError
from services.clients.rpc.history import HistoryMethods
from services.clients.rpc.imports import ImportMethods
from services.clients.rpc.many import ManyMethods
from services.clients.rpc.people import PeopleMethods
from services.clients.rpc.records import RecordMethods

ERRORS: dict[type[Exception], type[Problem]] = {ClientError: Invalid, MoneyError: Invalid}


class ClientsRpc(Operations, RecordMethods, HistoryMethods, ManyMethods, ImportMethods, PeopleMethods):
    """Clients, contacts, activities, documents, and who may see them."""

    name = "clients"
    permissions = PERMISSIONS
    errors = ERRORS
    audit = AUDIT


SERVICE = ClientsRpc
