"""Golden samples: one envelope an event, as it stands in a publisher's outbox and on the bus."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

from libs.common.events import Event
from tests.architecture.telling import EventClass

ROOT = Path(__file__).parents[2]
SAMPLES = Path(__file__).parent / "samples"


def sample(event_type: str) -> dict[str, Any]:
    """The golden envelope of an event; a missing one fails whoever asks for it."""
    found: dict[str, Any] = json.loads((SAMPLES / f"{event_type}.json").read_text())
    return found


def class_of(described: EventClass) -> type[Event]:
    """The class itself."""
    found: type[Event] = getattr(importlib.import_module(f"services.{described.service}.events"), described.name)
    return found


def unlike(data: dict[str, Any], golden: dict[str, Any], at: str = "") -> list[str]:
    """Where the data of an event and its sample differ in fields or kinds; values may differ.

    A null on either side fits everything, and of lists the first entries are compared.
    """
    faults = [f"{at}{name} is only on one side" for name in data.keys() ^ golden.keys()]
    for name in data.keys() & golden.keys():
        mine, theirs = data[name], golden[name]
        if mine is None or theirs is None:
            continue
        if type(mine) is not type(theirs):
            faults.append(f"{at}{name} is {type(mine).__name__}, in the sample {type(theirs).__name__}")
        elif isinstance(mine, dict) and name not in FREE:
            faults += unlike(mine, theirs, f"{at}{name}.")
        elif isinstance(mine, list) and mine and theirs and isinstance(mine[0], dict):
            faults += unlike(mine[0], theirs[0], f"{at}{name}[0].")
    return faults


# Objects whose keys depend on the occasion.
FREE = frozenset({"refs", "ai_insights", "custom"})
