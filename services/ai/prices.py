"""What Gemini's models cost by Google's price list of one day: an estimate, only Google's bill counts. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

AS_OF = date(2025, 7, 1)


@dataclass(frozen=True, slots=True)
class Price:
    """Thousandths of a millionth of a US dollar for one token: the US dollars for a million tokens, times 1,000.

    Thoughts are billed as output.
    """

    input: int
    output: int

    def of(self, input_tokens: int, output_tokens: int) -> int:
        """Millionths of a US dollar, rounded up."""
        return -(-(self.input * input_tokens + self.output * output_tokens) // 1000)


# By the beginning of the model's name; the longest that fits counts.
PRICES = {
    "gemini-2.5-pro": Price(1_250, 10_000),
    "gemini-2.5-flash": Price(300, 2_500),
    "gemini-2.5-flash-lite": Price(100, 400),
    "gemini-2.0-flash": Price(100, 400),
    "gemini-2.0-flash-lite": Price(75, 300),
}
# What a model without a price is taken to cost where a budget must hold.
DEAREST = Price(4_000, 20_000)


def price_of(model: str, own: dict[str, Price] | None = None) -> Price | None:
    """The price of a model, from the operator's own list first; None where nothing is known of it."""
    known = PRICES | (own or {})
    fitting = [name for name in known if model.removeprefix("models/").startswith(name)]
    return known[max(fitting, key=len)] if fitting else None


def read_prices(text: str) -> dict[str, Price]:
    """``model=input/output`` in US dollars for a million tokens, commas between them; ValueError for anything else."""
    found = {}
    for entry in filter(None, (each.strip() for each in text.split(","))):
        name, _, price = entry.partition("=")
        dollars, _, more = price.partition("/")
        found[name.strip()] = Price(round(float(dollars) * 1000), round(float(more) * 1000))
    return found


def most(model: str, prompt_characters: int, max_output_tokens: int, own: dict[str, Price] | None = None) -> int:
    """The most a call can cost, in millionths of a US dollar; a token is taken for one character, its usual least."""
    price = price_of(model, own) or DEAREST
    return price.of(prompt_characters, max_output_tokens)
