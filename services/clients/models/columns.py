"""What all tables of the service share: the metadata, the mapper, and the types of ids and instants."""

from __future__ import annotations

from sqlalchemy import DateTime, MetaData
from sqlalchemy import Uuid as SqlUuid
from sqlalchemy.orm import registry

metadata = MetaData()
mapper = registry(metadata=metadata)

Id = SqlUuid(as_uuid=False)
Instant = DateTime(timezone=True)
