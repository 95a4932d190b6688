"""Rules of events: who tells what, who listens, and that both are written down."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.architecture.reading import module_files, name_of, python_files, services, tree


@dataclass(frozen=True)
class EventClass:
    """A class of an event in a service's events: a publisher's, or a consumer's copy."""

    service: str
    name: str
    type: str
    has_subscribers: bool


def event_classes(root: Path) -> list[EventClass]:
    """Every class with an ``event_type`` that a service's events define or take from libs."""
    return [
        each
        for folder in services(root)
        for path in module_files(folder, "events")
        for each in _classes(root, folder.name, path)
    ]


def published(root: Path) -> list[EventClass]:
    """The classes that their service makes events of. A consumer's copy is no event of the service's own."""
    made = {folder.name: _used(folder) - set(_subscriptions(folder)) for folder in services(root)}
    return [each for each in event_classes(root) if each.name in made[each.service]]


def subscribed(root: Path) -> list[EventClass]:
    """The classes that their service's worker subscribes to."""
    heard = {folder.name: set(_subscriptions(folder)) for folder in services(root)}
    return [each for each in event_classes(root) if each.name in heard[each.service]]


def published_events_have_samples(root: Path) -> list[str]:
    """Every published event has a golden sample that publisher and consumers are tested with."""
    samples = {path.stem for path in (root / "tests" / "contracts" / "samples").glob("*.json")}
    return [f"{each.service}: no sample of {each.type}" for each in published(root) if each.type not in samples]


def samples_are_published(root: Path) -> list[str]:
    """A sample of something that nobody tells proves nothing."""
    told = {each.type for each in published(root)}
    samples = sorted((root / "tests" / "contracts" / "samples").glob("*.json"))
    return [f"{path.name}: nobody tells this" for path in samples if path.stem not in told]


def subscribers_are_declared(root: Path) -> list[str]:
    """``has_subscribers`` is what the broker is told; false while somebody listens would lose events silently."""
    heard = {each.type for each in subscribed(root)}
    return [
        f"{each.service}.{each.name}: has_subscribers is not {each.type in heard}"
        for each in published(root)
        if each.has_subscribers != (each.type in heard)
    ]


def subscriptions_are_published(root: Path) -> list[str]:
    """Nobody waits for an event that nobody tells."""
    told = {each.type for each in published(root)}
    return [
        f"{each.service} listens to {each.type}, which nobody tells"
        for each in subscribed(root)
        if each.type not in told
    ]


def events_have_one_publisher(root: Path) -> list[str]:
    """An event belongs to the service that owns the aggregate."""
    tellers: dict[str, set[str]] = {}
    for each in published(root):
        tellers.setdefault(each.type, set()).add(each.service)
    return [f"{kind} is told by {', '.join(sorted(who))}" for kind, who in sorted(tellers.items()) if len(who) > 1]


def event_classes_are_used(root: Path) -> list[str]:
    """A class that is neither told nor listened to is left over."""
    used = {(each.service, each.name) for each in [*published(root), *subscribed(root)]}
    return [
        f"{each.service}.{each.name} is neither told nor heard"
        for each in event_classes(root)
        if (each.service, each.name) not in used
    ]


def _classes(root: Path, service: str, path: Path) -> Iterator[EventClass]:
    module = tree(path)
    for name, kind, heard in _in_module(module):
        yield EventClass(service, name, kind, heard)
    for node in module.body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("libs."):
            source = root / f"{(node.module or '').replace('.', '/')}.py"
            there = {name: (kind, heard) for name, kind, heard in _in_module(tree(source))} if source.exists() else {}
            for alias in node.names:
                if alias.name in there:
                    yield EventClass(service, alias.asname or alias.name, *there[alias.name])


def _in_module(module: ast.Module) -> Iterator[tuple[str, str, bool]]:
    """Name, event_type and has_subscribers of each class that has a type; bases of the same file are looked up."""
    bodies: dict[str, dict[str, object]] = {}
    for node in module.body:
        if isinstance(node, ast.ClassDef):
            inherited = [bodies.get(name_of(base), {}) for base in node.bases]
            values = {name: value for each in inherited for name, value in each.items() if name == "has_subscribers"}
            values |= {name_of(each.target): each.value.value for each in node.body if _is_constant(each)}  # type: ignore[attr-defined]
            bodies[node.name] = values
            if values.get("event_type"):
                yield node.name, str(values["event_type"]), bool(values.get("has_subscribers", True))


def _is_constant(node: ast.stmt) -> bool:
    return isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Constant)


def _subscriptions(folder: Path) -> Iterator[str]:
    if (folder / "worker.py").exists():
        for node in ast.walk(tree(folder / "worker.py")):
            if isinstance(node, ast.Call) and name_of(node.func) == "Subscription":
                given = node.args[0] if node.args else next(each.value for each in node.keywords if each.arg == "event")
                yield name_of(given)


def _used(folder: Path) -> set[str]:
    """Names that a service uses in expressions; an annotation alone makes no event."""
    found: set[str] = set()
    for path in python_files(folder, "."):
        if path.name not in ("events.py", "worker.py") and path.parent.name != "events":
            visitor = _Expressions()
            visitor.visit(tree(path))
            found |= visitor.names
    return found


class _Expressions(ast.NodeVisitor):
    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_Name(self, node: ast.Name) -> None:
        self.names.add(node.id)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self.names.add(node.attr)
        self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> None:
        """An argument's annotation is no use of the class."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        node.returns = None
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)
