"""The fields that the company defines for its clients and their people."""

from __future__ import annotations

from libs.common.custom_fields import CustomFields
from services.clients.models import clients, contacts

CUSTOM = CustomFields({"client": clients, "contact": contacts})
