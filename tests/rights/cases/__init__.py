"""Every RPC method: the right it needs, how that shows, and how it is called about a row; and what a case is."""

from tests.rights.cases.billing import BILLING
from tests.rights.cases.case import CHANGE, COMMON, GATE, LIST, NOBODY, PUBLIC, READ, Case, counted, listed
from tests.rights.cases.chats import CHATS
from tests.rights.cases.clients import CLIENTS
from tests.rights.cases.deals import DEALS
from tests.rights.cases.others import OTHERS, PERSONAL, SHARED

RPC = {case.name: case for case in (*CLIENTS, *DEALS, *BILLING, *CHATS, *OTHERS, *PERSONAL, *SHARED)}

__all__ = ["CHANGE", "COMMON", "GATE", "LIST", "NOBODY", "PUBLIC", "READ", "RPC", "Case", "counted", "listed"]
