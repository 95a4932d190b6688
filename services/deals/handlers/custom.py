"""The fields that the company defines for its deals."""

from __future__ import annotations

from libs.common.custom_fields import CustomFields
from services.deals.models import deals

CUSTOM = CustomFields({"deal": deals})
