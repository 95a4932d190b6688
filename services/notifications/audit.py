"""What the audit log of notifications covers."""

from __future__ import annotations

from libs.common.audit.plan import AuditPlan, Watched

AUDIT = AuditPlan(
    "notifications",
    watched={
        "emails": Watched(
            subject=("contact_id", "user_id", "client_id"),
            open=frozenset({"kind", "status"}),
            # How often a mail was tried, and what it was made from, is kept with the mail.
            silent=frozenset("context answer attempts handing_attempt handed_over_at".split()),
        ),
        "preferences": Watched(subject=("user_id",), key=("user_id", "kind"), open=frozenset({"kind", "email"})),
        "digests": Watched(subject=("user_id",), open=frozenset({"day"})),
        "summary_times": Watched(
            subject=("user_id",), key=("user_id",), open=frozenset({"hour", "minute", "time_zone"})
        ),
        "reports": Watched(subject=("user_id",), open=frozenset({"kind", "format", "status", "size"})),
        "report_schedules": Watched(
            subject=("user_id",),
            open=frozenset({"kind", "format", "cadence", "weekday", "monthday", "hour", "recipients", "since"}),
        ),
        "whatsapp_conversations": Watched(
            subject=("contact_id", "client_id"),
            open=frozenset({"state"}),
            silent=frozenset(
                "last_text last_message_at last_inbound_at number_at unread mailed_at handed_at"
                " returned_at lead_key lead_by lead_at".split()
            ),
        ),
        "whatsapp_messages": Watched(
            subject=("contact_id", "conversation_id"),
            open=frozenset({"direction", "type", "status"}),
            # The number stands in WhatsApp's id of a message.
            secret=frozenset({"provider_id", "reply_to"}),
            silent=frozenset("position attempts handed_at doubted_at announced_at".split()),
        ),
    },
    unwatched={
        "whatsapp_deliveries": "what webhooks brought; what follows from it stands in the conversations",
        "whatsapp_identities": "by what conversations are found; the numbers stand in them",
        "whatsapp_early": "what was told of a message before it came",
        "whatsapp_templates": "a copy of WhatsApp's",
        "whatsapp_numbers": "when our number may send next",
        "guides": "which first steps somebody new has done; each stands where it happened",
        "notifications": "what the app said to somebody; what it tells of stands where it happened",
        "renderings": "pictures of figures that stand where they are from; kept for a day",
        "people": "a copy of the gateway's users",
        "company": "a copy of the gateway's",
    },
)
