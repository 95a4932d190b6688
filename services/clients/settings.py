"""What the clients service reads from its environment beyond the common settings."""

from __future__ import annotations

from pydantic import Field

from libs.common.settings import ServiceSettings


class ClientsSettings(ServiceSettings):
    """default_country: how phone numbers without a country code are read (ISO 3166).

    auto_merge_duplicates: whether two clients of one name, with addresses at one company's host, become one by
    themselves. import_max_rows: of one file. import_kept_days: for how long the rows of an import that nobody touches
    are kept, so that it can be gone on with and taken back.
    """

    default_country: str = "US"
    max_document_bytes: int = 50_000_000
    auto_merge_duplicates: bool = False
    import_max_rows: int = Field(default=1_000_000, ge=1)
    import_kept_days: int = Field(default=90, ge=1)
