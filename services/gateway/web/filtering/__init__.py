"""Conditions on clients as people see them: fields and operators by name, chips, and the form that builds them."""

from services.gateway.web.filtering.building import Builder
from services.gateway.web.filtering.chips import chips_of
from services.gateway.web.filtering.fields import Field, Fields, fields

__all__ = ["Builder", "Field", "Fields", "chips_of", "fields"]
