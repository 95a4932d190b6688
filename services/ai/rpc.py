"""The RPC methods of ai: each names its permission."""

from __future__ import annotations

from typing import Any

from libs.common import integrations, row_access
from libs.common.erasure.searching import known
from libs.common.ids import is_id
from libs.common.problems import NotFound, Problem
from libs.common.rpc.server import OPERATE, Operations, RpcService, method
from services.ai import budget, handlers, queries, usage, wiring
from services.ai.access import PERMISSIONS
from services.ai.audit import AUDIT
from services.ai.erasure import ERASURE
from services.ai.handlers.noting import DEAL_FIELDS

Document = dict[str, Any]

ERRORS: dict[type[Exception], type[Problem]] = {}


class AiRpc(Operations, RpcService):
    """What AI made, and who answers."""

    name = "ai"
    permissions = PERMISSIONS
    errors = ERRORS
    audit = AUDIT

    @method("personal_data")
    def personal_data(self, person: Document) -> list[Document]:
        """``[{what, id, data}]``: every row here that names the person."""
        return self.read(known, plan=ERASURE, person=person)

    @method("generations.read")
    def list_generations(self, filters: Document, limit: int | None = None, cursor: str | None = None) -> Document:
        return self.read(queries.list_generations, filters=filters, limit=limit, cursor=cursor)

    @method("generations.read")
    def get_generation(self, generation_id: str) -> Document:
        return self.read(queries.generation, generation_id=generation_id)

    @method("generations.read")
    def provider_status(self) -> Document:
        """Which provider answers."""
        settings = wiring.runtime().settings
        return {"provider": wiring.provider().name, "model": settings.gemini_model if settings.gemini_api_key else None}

    @method("notes.write")
    def take_notes(self, deal_id: str, text: str) -> Document:
        """Notes are read outside any transaction; deals is asked, as the caller, what they are about."""
        if not is_id(deal_id):
            raise NotFound("there is no such deal")
        directory = wiring.deals(self.context)
        deal = directory.deal(deal_id)
        row_access.ensure_known(self.runtime.database, self.context, deal["client_id"], directory.access)
        return self.execute(handlers.take_notes, deal={name: deal[name] for name in DEAL_FIELDS}, text=text)

    @method("generations.read")
    def get_notes(self, generation_id: str) -> Document:
        return self.read(queries.notes, generation_id=generation_id)

    @method("notes.write")
    def claim_parts(self, generation_id: str, parts: Document) -> Document:
        return self.execute(handlers.claim_parts, generation_id=generation_id, parts=parts)

    @method("notes.write")
    def note_done(self, generation_id: str, part: str, result: Document) -> Document:
        return self.execute(handlers.note_done, generation_id=generation_id, part=part, result=result)

    @method("scores.manage")
    def list_score_models(self, limit: int | None = None, cursor: str | None = None) -> Document:
        return self.read(queries.list_score_models, limit=limit, cursor=cursor)

    @method("scores.read")
    def score_standing(self) -> Document:
        """The last training, and how many closed deals there are to learn from."""
        return self.read(queries.score_standing)

    @method("scores.manage")
    def train_scores(self) -> Document:
        return self.execute(handlers.train_scores)

    @method("usage.read")
    def usage(self, days: int = 7) -> Document:
        """What AI took in the last business days, today among them."""
        runtime = wiring.runtime()
        given = (runtime.database.business, runtime.settings, runtime.clock.now())
        return self.read(lambda session, _actor: usage.usage(session, *given, days))

    @method("usage.read")
    def get_budget(self) -> Document:
        """What may be spent in a day, in millionths of a US dollar."""
        configured = wiring.runtime().settings
        return self.read(lambda session, _actor: budget.document(budget.current(session, configured)))

    @method("budget.write")
    def change_budget(self, changes: Document, version: int | None = None) -> Document:
        return self.execute(budget.change, wiring.runtime().settings, changes=changes, version=version)

    @method(OPERATE)
    def integration_status(self) -> Document:
        """How the provider stands, by the answers this service got of it."""
        return self.read(queries.integration_status, configured=wiring.runtime().settings)

    @method(OPERATE)
    def test_integration(self, name: str) -> Document:
        """``{ok, message, ms}``: ask the provider itself, now."""
        return integrations.tested(name, {"gemini": wiring.provider().check})


SERVICE = AiRpc
