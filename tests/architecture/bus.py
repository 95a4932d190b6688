"""Rules of the bus: the table that the broker's permissions are made from says what the code does, and no more."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from libs.common.bus_table import TABLE, Voice
from tests.architecture.permissions import methods
from tests.architecture.reading import name_of, python_files, rooms, services, tree
from tests.architecture.telling import published, subscribed

# Functions that take a service's name and a method's, in this order.
_ASKING = frozenset({"Call", "ask", "call", "one"})
Calls = set[tuple[str, str]]


def events_stand_in_the_table(root: Path, table: Mapping[str, Voice] = TABLE) -> list[str]:
    """A service may publish and bind what its code tells and hears."""
    names = sorted({folder.name for folder in services(root)} | set(table))
    told = {name: {each.type for each in published(root) if each.service == name} for name in names}
    heard = {name: {each.type for each in subscribed(root) if each.service == name} for name in names}
    faults = []
    for name in names:
        row = table.get(name, Voice())
        faults += _differences(name, "tells", told[name], row.tells)
        faults += _differences(name, "hears", heard[name], row.hears)
    return faults


def calls_stand_in_the_table(root: Path, table: Mapping[str, Voice] = TABLE) -> list[str]:
    """A service may call what its code calls."""
    faults = []
    for folder in services(root):
        row = table.get(folder.name, Voice())
        asks = {f"{service}.{method}" for service, method in calls_of(root, folder)}
        faults += _differences(folder.name, "asks", asks, row.asks)
    return faults


def tokens_are_handed_on_as_the_table_says(root: Path, table: Mapping[str, Voice] = TABLE) -> list[str]:
    """A service carries a person's token only where its code asks with its caller's context."""
    faults = []
    for folder in services(root):
        handed = (
            {f"{service}.{method}" for service, method in _handed_on(folder)} if folder.name != "gateway" else set()
        )
        faults += _differences(folder.name, "hands_on", handed, table.get(folder.name, Voice()).hands_on)
    return faults


def calls_of(root: Path, folder: Path) -> Calls:
    """Service and method of every call in a service's code.

    A service that is no literal stands for every service with that method, a method that is none for those that the
    function around it is called with.
    """
    known = _known(root)
    return {each for path in python_files(folder, ".") for each in _in_module(tree(path), known)}


def _known(root: Path) -> dict[str, set[str]]:
    operations = root / "libs" / "common" / "rpc" / "server.py"
    common = set(_operations(operations)) if operations.exists() else set()
    return {room.name: {method for method, _permission in methods(room)} | common for room in rooms(root)}


def _operations(path: Path) -> Iterator[str]:
    for node in tree(path).body:
        if isinstance(node, ast.ClassDef) and node.name == "Operations":
            yield from (each.name for each in node.body if isinstance(each, ast.FunctionDef))


def _in_module(module: ast.Module, known: Mapping[str, set[str]]) -> Iterator[tuple[str, str]]:
    for function, call in _calls_with_function(module):
        for given, named in zip(call.args, call.args[1:], strict=False):
            service, method = _text(given), _text(named)
            asking = name_of(call.func) in _ASKING
            if service in known and (method in known[service] or (method and asking)):
                yield service, method
            elif service in known and asking and method is None:
                yield from ((service, each) for each in _given_to(module, function) if each in known[service])
            elif service is None and method is not None and asking:
                yield from ((each, method) for each in known if method in known[each])


def _calls_with_function(node: ast.AST, function: str = "") -> Iterator[tuple[str, ast.Call]]:
    """Every call with the name of the function that it stands in."""
    for child in ast.iter_child_nodes(node):
        inner = child.name if isinstance(child, ast.FunctionDef) else function
        if isinstance(child, ast.Call):
            yield function, child
        yield from _calls_with_function(child, inner)


def _given_to(module: ast.Module, function: str) -> set[str]:
    """Texts that a module's own calls of a function begin with."""
    found = {_text(call.args[0]) for _, call in _calls_with_function(module) if _is_call_of(call, function)}
    return {each for each in found if each}


def _is_call_of(call: ast.Call, function: str) -> bool:
    return bool(call.args) and name_of(call.func) == function


def _handed_on(folder: Path) -> Iterator[tuple[str, str]]:
    for path in python_files(folder, "."):
        for _function, call in _calls_with_function(tree(path)):
            if name_of(call.func) == "call" and len(call.args) > 2 and "caller" in name_of(call.args[0]):
                yield _text(call.args[1]) or "?", _text(call.args[2]) or "?"


def _text(node: ast.AST) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _differences(name: str, what: str, code: set[str], table: frozenset[str]) -> list[str]:
    missing = [f"{name} {what} {each}, which its row of the bus table lacks" for each in sorted(code - table)]
    left_over = [f"{name}: the bus table says it {what} {each}, and it does not" for each in sorted(table - code)]
    return missing + left_over
