"""What is known of a person, and its erasing."""

from __future__ import annotations

from typing import Any

from libs.common.erasure.searching import known
from libs.common.rpc.server import RpcService, method
from services.clients import handlers, queries
from services.clients.erasure import ERASURE

Document = dict[str, Any]


class PeopleMethods(RpcService):
    """What is known of a person, and its erasing."""

    @method("personal_data")
    def person(self, contact_id: str) -> Document:
        return self.read(queries.person, contact_id=contact_id)

    @method("personal_data")
    def personal_data(self, person: Document) -> list[Document]:
        """``[{what, id, data}]``: every row here that names the person."""
        return self.read(known, plan=ERASURE, person=person)

    @method("personal_data")
    def erase_contact(self, contact_id: str, reason: str, version: int | None = None) -> Document:
        erase = handlers.erasing(self.runtime.settings.link_secret)
        return self.execute(erase, contact_id=contact_id, reason=reason, version=version)

    @method("personal_data")
    def list_erasures(self, limit: int | None = None, cursor: str | None = None) -> Document:
        return self.read(queries.list_erasures, limit=limit, cursor=cursor)

    @method("personal_data")
    def get_erasure(self, erasure_id: str) -> Document:
        return self.read(queries.erasure, erasure_id=erasure_id)
