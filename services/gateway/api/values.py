"""The kinds of values the API takes, and how a body is read: strict where a slip of type would change a meaning."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PlainSerializer,
    StringConstraints,
    Tag,
    WithJsonSchema,
    field_validator,
)

from libs.common.clock import zone_names
from libs.common.money import EXPONENTS


def _amount(value: Any) -> Any:
    """A plain number: true, "5" and a binary float are refused, since each hides a slip."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("an amount is a plain number")
    return value


def _no_nul(value: Any) -> Any:
    if isinstance(value, str):
        if "\x00" in value:
            raise ValueError("holds a character that cannot be kept")
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ValueError("holds half a character") from None
    return value


Amount = Annotated[
    Decimal,
    BeforeValidator(_amount),
    Field(ge=0, lt=10**15),
    WithJsonSchema({"type": "number", "minimum": 0, "exclusiveMaximum": 10**15}),
]
# The constraints stand first: behind a validator of ours they would look at the text before it is stripped.
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20_000), BeforeValidator(_no_nul)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=5_000), BeforeValidator(_no_nul)]
Paragraph = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000), BeforeValidator(_no_nul)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), BeforeValidator(_no_nul)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), BeforeValidator(_no_nul)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60), BeforeValidator(_no_nul)]
NeededLine = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), BeforeValidator(_no_nul)
]
NeededTitle = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300), BeforeValidator(_no_nul)
]
NeededName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), BeforeValidator(_no_nul)
]
NeededWord = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60), BeforeValidator(_no_nul)
]
# Passwords are taken as they are typed, spaces and all.
Address = Annotated[str, Field(max_length=254), BeforeValidator(_no_nul)]
Secret = Annotated[str, Field(max_length=200), BeforeValidator(_no_nul)]
NewSecret = Annotated[str, Field(min_length=10, max_length=200), BeforeValidator(_no_nul)]
Id = Annotated[str, Field(pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")]
Percent = Annotated[
    Decimal,
    BeforeValidator(_amount),
    Field(ge=0, le=100, max_digits=7, decimal_places=4),
    PlainSerializer(lambda value: format(value, "f"), return_type=str),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": 100}),
]
Quantity = Annotated[
    Decimal,
    BeforeValidator(_amount),
    Field(gt=0, lt=10**9, decimal_places=3),
    PlainSerializer(lambda value: format(value, "f"), return_type=str),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 10**9}),
]

Rate = Annotated[
    Decimal,
    BeforeValidator(_amount),
    Field(gt=0, lt=10**12, decimal_places=12),
    PlainSerializer(lambda value: format(value, "f"), return_type=str),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 10**12}),
]


def _currency(value: str) -> str:
    if value not in EXPONENTS:
        raise ValueError("is an ISO 4217 currency code, as in USD")
    return value


Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["USD"]), AfterValidator(_currency)]


def _time_zone(value: str) -> str:
    if value not in zone_names():
        raise ValueError("is the name of a time zone, as in Europe/Berlin")
    return value


TimeZone = Annotated[str, Field(max_length=60), AfterValidator(_time_zone)]

Tags = Annotated[list[NeededWord], Field(max_length=50)]


class Body(BaseModel):
    """A body: unknown fields are refused, since a misspelt field would silently do nothing."""

    model_config = ConfigDict(extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def _of_characters(cls, value: Any) -> Any:
        """No database keeps a NUL, in whatever field it comes; the words of a list are looked at by their own type."""
        return _no_nul(value)

    def given(self) -> dict[str, Any]:
        """The fields that were sent, as plain JSON values."""
        return self.model_dump(mode="json", exclude_unset=True)


class Page(Body):
    limit: Annotated[int, Field(ge=1, le=200)] | None = None
    cursor: Annotated[str, Field(max_length=800, pattern=r"^[A-Za-z0-9_-]+$")] | None = None


class CustomMoney(Body):
    """An amount in major units; without a currency in the base currency."""

    amount: Amount
    currency: Currency | None = None


def _kind_of_value(value: Any) -> str:
    """Which of the kinds of values this is meant to be; the names say that they are no fields."""
    if isinstance(value, bool):
        return "a truth"
    if isinstance(value, int | float | Decimal):
        return "a number"
    if isinstance(value, dict | CustomMoney):
        return "an amount"
    return "a null" if value is None else "a text"


CustomValue = Annotated[
    Annotated[bool, Tag("a truth")]
    | Annotated[Decimal, WithJsonSchema({"type": "number"}), Tag("a number")]
    | Annotated[CustomMoney, Tag("an amount")]
    | Annotated[Text, Tag("a text")]
    | Annotated[None, Tag("a null")],
    Discriminator(_kind_of_value),
]
Custom = Annotated[
    dict[str, CustomValue],
    Field(max_length=100, description="Values of custom fields by their keys; null removes one."),
]
