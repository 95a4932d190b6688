"""The RPC methods of ai: each names its permission."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial, update_wrapper
from typing import Any

from libs.common import company, integrations, row_access
from libs.common.clock import business_date
from libs.common.erasure.searching import known
from libs.common.identity import on_behalf
from libs.common.ids import is_id
from libs.common.problems import Conflict, NotFound, Problem
from libs.common.rpc.server import OPERATE, Operations, RpcService, method
from services.ai import (
    budget,
    draft_queries,
    email_drafts,
    handlers,
    meeting_times,
    queries,
    report_insights,
    usage,
    wiring,
)
from services.ai.access import PERMISSIONS
from services.ai.audit import AUDIT
from services.ai.erasure import ERASURE
from services.ai.handlers import drafting, sending
from services.ai.handlers.noting import DEAL_FIELDS
from services.ai.tasks import Answered

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
        records = wiring.records(self.context)
        deal = records.deal(deal_id)
        row_access.ensure_known(self.runtime.database, self.context, deal["client_id"], records.access)
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

    @method("notes.write")
    def read_times(self, client_id: str, text: str, said_on: str, zone: str | None = None) -> Document:
        """When a meeting suits who wrote this, by their clock; the built-in reading while a provider thinks."""
        if not is_id(client_id):
            raise NotFound("there is no such client")
        self._learn_client(client_id)
        given: Document = {"client_id": client_id, "text": text, "said_on": said_on, "zone": zone}
        return self.execute(_given(handlers.read_times, answered_now=_times_at_once), **given)

    @method("insights.write")
    def report_insight(
        self, kind: str, figures: list[Document], language: str = "en", person: Document | None = None
    ) -> Document:
        """What figures come to, in sentences that hold no other number; the built-in ones while a provider thinks."""
        whose = on_behalf(self.actor, person)
        given: Document = {"kind": kind, "figures": figures, "language": language}
        return self.execute(_given(handlers.report_insight, whose=whose, answered_now=_at_once), **given)

    @method("insights.write")
    def get_insight(self, insight_id: str) -> Document:
        return self.read(queries.insight, insight_id=insight_id)

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

    @method("drafts.write")
    def draft_email(self, data: Document) -> Document:
        """A draft about ``{deal_id, context?, purpose?, tone?, language?}``: ready at once where the built-in rules
        write it, else waiting for the provider."""
        wish = drafting.read_wish(data)
        records = wiring.records(self.context)
        deal = records.deal(wish["deal_id"])
        self._learn_client(deal["client_id"])
        collected = self._collected(wish, deal)
        at_once = wiring.desk().provider.model is None
        answered = wiring.built_in().answer(email_drafts.task(), collected.context) if at_once else None
        return self.execute(_given(drafting.draft_email, collected=collected, answered=answered), data=data)

    @method("generations.read")
    def get_email_draft(self, draft_id: str) -> Document:
        business, now = self.runtime.database.business, self.runtime.clock.now()
        return self.read(draft_queries.draft, draft_id=draft_id, business=business, now=now)

    @method("generations.read")
    def list_email_drafts(self, deal_id: str, limit: int | None = None, cursor: str | None = None) -> Document:
        return self.read(draft_queries.list_drafts, deal_id=deal_id, limit=limit, cursor=cursor)

    @method("drafts.write")
    def update_email_draft(self, draft_id: str, changes: Document, version: int | None = None) -> Document:
        """Change ``subject``, ``body`` or ``attachments``; the checks come back anew."""
        self._draft(draft_id)
        wanted = changes.get("attachments") if isinstance(changes, dict) else None
        files = None if wanted is None else self._files(drafting.read_attachments(wanted))
        update = _given(drafting.update_email_draft, files=files)
        return self.execute(update, draft_id=draft_id, changes=changes, version=version)

    @method("drafts.write")
    def send_email_draft(self, draft_id: str, confirm: bool = False, version: int | None = None) -> Document:
        """Send it and have it written into the client's history. ``confirm`` speaks of what is unsupported in
        ``version``, or else in the version that was last refused to the caller."""
        draft = self._draft(draft_id)
        if not draft["sent_at"] and not (draft["to"] or {}).get("email"):
            raise Conflict("there is nobody to send it to: add a contact with an address, and have it drafted again")
        files = self._files(
            [(each["kind"], each["id"]) for each in draft["attachments"]] if not draft["sent_at"] else []
        )
        send = _given(sending.send_email_draft, files=files)
        try:
            return self.execute(send, draft_id=draft_id, confirm=confirm, version=version)
        except sending.Unconfirmed as refused:
            # Kept although the command left nothing: a plain confirm speaks of what was refused here.
            with self.runtime.database.unit_of_work(replace(self.context, idempotency_key=None)) as uow:
                sending.note_refusal(uow, draft_id, refused.extra["current_version"])
            raise

    @method("drafts.write")
    def redraft_email(self, draft_id: str) -> Document:
        """A new draft of a mail that did not leave, with its text as it was sent."""
        self._draft(draft_id)
        return self.execute(drafting.redraft_email, draft_id=draft_id)

    def _draft(self, draft_id: str) -> Document:
        """Looked at before its attachments are asked for: a draft nobody may see is not there."""
        business, now = self.runtime.database.business, self.runtime.clock.now()
        return self.read(draft_queries.draft, draft_id=draft_id, business=business, now=now)

    def _collected(self, wish: Document, deal: Document) -> drafting.Collected:
        settings = wiring.runtime().settings
        with self.runtime.database.read() as session:
            us = company.current(session, settings)
        zone = self.runtime.database.business.zone
        today = business_date(self.runtime.clock.now(), zone).isoformat()
        return drafting.collect(wish, deal, wiring.records(self.context), self.actor, us, today, zone)

    def _files(self, wanted: list[tuple[str, str]]) -> list[Document]:
        return drafting.fetched(wanted, wiring.records(self.context))

    def _learn_client(self, client_id: Any) -> None:
        """Ask clients who may see a client that was not told of here yet, and keep the answer."""
        own = replace(self.context, actor=self.runtime.own_context().actor, idempotency_key=None)
        row_access.ensure_known(self.runtime.database, own, client_id, wiring.records(self.context).access)


def _at_once(asked: report_insights.Asked) -> Answered[report_insights.Insight] | None:
    """The answer of the rules, where no provider is to be asked."""
    return wiring.built_in().answer(report_insights.task(), asked) if wiring.desk().provider.model is None else None


def _times_at_once(asked: meeting_times.Asked) -> Answered[meeting_times.Times] | None:
    return wiring.built_in().answer(meeting_times.task(), asked) if wiring.desk().provider.model is None else None


def _given(handler: Callable[..., Any], **known: Any) -> Callable[..., Any]:
    """The handler with what was found out for it; that is no part of the command, as a repeat may find out else."""
    return update_wrapper(partial(handler, **known), handler)


SERVICE = AiRpc
