"""Tables of the billing service and the mapping of its domain."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    FetchedValue,
    ForeignKey,
    Integer,
    MetaData,
    Numeric,
    Table,
    Text,
)
from sqlalchemy import Uuid as SqlUuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import registry, relationship

from services.billing.domain import Invoice, InvoiceLine, Payment, Refund

metadata = MetaData()
mapper = registry(metadata=metadata)

_Id = SqlUuid(as_uuid=False)
_Instant = DateTime(timezone=True)

invoices = Table(
    "invoices",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("invoice_number", Text, nullable=False),
    Column("client_id", _Id, nullable=False),
    Column("deal_id", _Id),
    Column("company_name", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("discount_percent", Numeric(7, 4), nullable=False),
    Column("tax_percent", Numeric(7, 4), nullable=False),
    Column("subtotal_minor", BigInteger, nullable=False),
    Column("discount_minor", BigInteger, nullable=False),
    Column("tax_minor", BigInteger, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("paid_minor", BigInteger, nullable=False),
    Column("refunded_minor", BigInteger, nullable=False),
    Column("description", Text, nullable=False),
    Column("notes", Text, nullable=False),
    Column("dated_on", Date, nullable=False),
    Column("due_date", Date, nullable=False),
    Column("due_date_set", Boolean, nullable=False),
    Column("edited", Boolean, nullable=False),
    Column("issued_on", Date),
    Column("paid_date", Date),
    Column("payment_method", Text),
    Column("payment_reference", Text),
    Column("payment_problem", Text),
    Column("pay_token", Text, nullable=False),
    Column("bill_to", JSONB(none_as_null=True)),
    Column("seller", JSONB(none_as_null=True)),
    Column("created_by", Text, nullable=False),
    Column("sent_by", Text),
    Column("pdf_key", Text),
    Column("mail_status", Text, nullable=False),
    Column("mail_problem", Text),
    Column("mail_changed_at", _Instant),
    Column("voided_at", _Instant),
    Column("void_reason", Text),
    Column("overdue_announced_at", _Instant),
    Column("created_at", _Instant, nullable=False),
    Column("updated_at", _Instant, nullable=False),
    Column("version", Integer, nullable=False),
)

invoice_lines = Table(
    "invoice_lines",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("invoice_id", _Id, ForeignKey("invoices.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("description", Text, nullable=False),
    Column("quantity", Numeric(10, 3), nullable=False),
    Column("unit_price_minor", BigInteger, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
)

invoice_references = Table(
    "invoice_references",
    metadata,
    Column("reference", Text, primary_key=True),
    Column("invoice_id", _Id, ForeignKey("invoices.id"), nullable=False),
    Column("asked_minor", BigInteger),
    Column("created_at", _Instant, nullable=False),
)

payments = Table(
    "payments",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("invoice_id", _Id, ForeignKey("invoices.id")),
    Column("suggested_invoice_id", _Id, ForeignKey("invoices.id")),
    Column("status", Text, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("paid_on", Date, nullable=False),
    Column("provider_reference", Text),
    Column("reference", Text),
    Column("livemode", Boolean),
    Column("refunded_minor", BigInteger, nullable=False),
    Column("excess_minor", BigInteger, nullable=False),
    Column("reason", Text),
    Column("dispute_status", Text),
    Column("dispute_reason", Text),
    Column("disputed_at", _Instant),
    Column("receipt_key", Text),
    Column("receipt_mail", Text, nullable=False),
    Column("created_at", _Instant, nullable=False),
    Column("updated_at", _Instant, nullable=False),
    Column("version", Integer, nullable=False),
)

refunds = Table(
    "refunds",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("payment_id", _Id, ForeignKey("payments.id"), nullable=False),
    Column("invoice_id", _Id, ForeignKey("invoices.id"), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("status", Text, nullable=False),
    Column("provider_reference", Text),
    Column("problem", Text),
    Column("created_at", _Instant, nullable=False),
    Column("updated_at", _Instant, nullable=False),
)

provider_events = Table(
    "provider_events",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("event_id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("body", Text, nullable=False),
    # the payment it is about, once it was read
    Column("subject", Text),
    Column("outcome", Text, nullable=False),
    Column("note", Text),
    Column("received_at", _Instant, nullable=False),
    Column("applied_at", _Instant),
)

documents = Table(
    "documents",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("invoice_id", _Id, ForeignKey("invoices.id"), nullable=False),
    Column("payment_id", _Id, ForeignKey("payments.id")),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("filename", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("created_at", _Instant, nullable=False),
)

# The newest fault of each thing asked of the payment provider while somebody waited, which no job keeps.
provider_faults = Table(
    "provider_faults",
    metadata,
    Column("asked", Text, primary_key=True),
    Column("problem", Text, nullable=False),
    Column("failed_at", _Instant, nullable=False),
)

number_sequences = Table(
    "number_sequences",
    metadata,
    Column("series", Text, primary_key=True),
    Column("last", Integer, nullable=False),
)

deal_states = Table(
    "deal_states",
    metadata,
    Column("deal_id", _Id, primary_key=True),
    Column("client_id", _Id, nullable=False),
    Column("company_name", Text, nullable=False),
    Column("deal_name", Text, nullable=False),
    Column("value_minor", BigInteger),
    Column("currency", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("owner_id", _Id),
    Column("version", Integer, nullable=False),
    Column("won_version", Integer, nullable=False, server_default=FetchedValue()),
    Column("drafted_version", Integer, nullable=False, server_default=FetchedValue()),
)

invoice_previews = Table(
    "invoice_previews",
    metadata,
    Column("invoice_id", _Id, ForeignKey("invoices.id"), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("edition", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("key", Text),
    Column("problem", Text),
    Column("asked_at", _Instant, nullable=False),
)

mapper.map_imperatively(InvoiceLine, invoice_lines)
mapper.map_imperatively(
    Invoice,
    invoices,
    version_id_col=invoices.c.version,
    version_id_generator=False,
    properties={
        "lines": relationship(InvoiceLine, order_by=invoice_lines.c.position, cascade="all, delete-orphan"),
    },
)
mapper.map_imperatively(Payment, payments, version_id_col=payments.c.version, version_id_generator=False)
mapper.map_imperatively(Refund, refunds)
