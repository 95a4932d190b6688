"""Every operation of the HTTP API: the right it needs, how that shows, and what is sent about a row."""

from tests.rights.http_cases.billing import BILLING
from tests.rights.http_cases.chats import CHATS
from tests.rights.http_cases.clients import CLIENTS
from tests.rights.http_cases.deals import DEALS
from tests.rights.http_cases.others import OTHERS
from tests.rights.report_cases import REPORT_CASES

# They end sessions that other tests use, or change how these people sign in; the tests of accounts have them.
APART = frozenset({"POST /auth/logout", "DELETE /me/sessions", "POST /me/second-factor"})
HTTP = {case.name: case for case in (*CLIENTS, *DEALS, *BILLING, *CHATS, *OTHERS, *REPORT_CASES)}
