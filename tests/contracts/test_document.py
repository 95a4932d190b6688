"""docs/events.md says what the code does."""

from __future__ import annotations

import re

from tests.architecture.telling import published, subscribed
from tests.contracts.samples_of import ROOT, sample

DOCUMENT = (ROOT / "docs" / "events.md").read_text()
ROW = re.compile(
    r"^\| `(?P<event>[\w.]+)` \| (?P<teller>\w+) \| (?P<listeners>[\w, –]+) \| (?P<data>.+) \|$", re.MULTILINE
)
ROWS = {found["event"]: found for found in ROW.finditer(DOCUMENT)}
STATES = dict(re.findall(r"[Tt]he (\w+)'s\s+state: ([\w,\s]+)\.", DOCUMENT))


def test_each_event_stands_there_once_with_its_teller() -> None:
    assert len(ROW.findall(DOCUMENT)) == len(ROWS)
    assert {event: row["teller"] for event, row in ROWS.items()} == {
        each.type: each.service for each in published(ROOT)
    }


def test_the_listeners_are_those_of_the_workers() -> None:
    heard: dict[str, set[str]] = {event: set() for event in ROWS}
    for each in subscribed(ROOT):
        heard[each.type].add(each.service)
    assert {event: row["listeners"] for event, row in ROWS.items()} == {
        event: ", ".join(sorted(services)) or "–" for event, services in heard.items()
    }


def test_the_states_are_whole() -> None:
    for name, event in (("deal", "deal.won"), ("invoice", "invoice.drafted"), ("person", "user.joined")):
        listed = {each.strip() for each in STATES[name].split(",")}
        assert listed == sample(event)["data"].keys() - {"version"}, name


def test_the_fields_named_exist() -> None:
    for event, row in ROWS.items():
        fields = sample(event)["data"].keys()
        named = {each.strip() for each in row["data"].split(",") if re.fullmatch(r"\s*[a-z_]+\*?", each)}
        assert all(any(f.startswith(each.removesuffix("*")) for f in fields) for each in named), (event, named - fields)
        if not re.search(r"state|as |\*", row["data"]):
            assert named == fields - {"version"}, event
