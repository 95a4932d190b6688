"""What the clients service reads from its environment beyond the common settings."""

from __future__ import annotations

from pydantic import Field, field_validator

from libs.common.settings import ServiceSettings
from services.clients.free_times import WorkingHours


class ClientsSettings(ServiceSettings):
    """default_country: how phone numbers without a country code are read (ISO 3166).

    auto_merge_duplicates: whether two clients of one name, with addresses at one company's host, become one by
    themselves. import_max_rows: of one file. import_kept_days: for how long the rows of an import that nobody touches
    are kept, so that it can be gone on with and taken back. working_hours: when meetings are offered, by the business's
    clock. meeting_notice_minutes: how soon at the earliest. lead_answer_minutes: who has waited for so long for an
    answer makes a task. follow_up_days: whoever has not answered us for so many days does, too.
    """

    default_country: str = "US"
    max_document_bytes: int = 50_000_000
    auto_merge_duplicates: bool = False
    import_max_rows: int = Field(default=1_000_000, ge=1)
    import_kept_days: int = Field(default=90, ge=1)
    working_hours: str = "Mon-Fri 09:00-17:00"
    meeting_notice_minutes: int = Field(default=60, ge=0)
    lead_answer_minutes: int = Field(default=60, ge=1)
    follow_up_days: int = Field(default=3, ge=1, le=14)

    @field_validator("working_hours")
    @classmethod
    def _hours(cls, value: str) -> str:
        WorkingHours.of(value)
        return value
