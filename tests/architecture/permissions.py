"""Rules of rights: no RPC method without a permission, no permission without roles that exist."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from libs.common import rights
from tests.architecture.reading import module_files, name_of, rooms, texts_in, tree

ROLES = frozenset({"admin", "sales", "finance", "manager", "system"})
# Names that rpc.py may use instead of a text: permissions that mean the same in every service.
SHARED = {"PUBLIC": "public", "OPERATE": "operate"}


def methods_declare_permissions(root: Path) -> list[str]:
    """Every public method of an RPC class names a permission, and the permission stands in PERMISSIONS."""
    faults = []
    for room in rooms(root):
        known = set(declared(room)) | {"public"}
        for method, permission in methods(room):
            if permission is None:
                faults.append(f"{room.name}.{method} declares no permission")
            elif permission not in known:
                faults.append(f"{room.name}.{method}: {permission!r} does not stand in PERMISSIONS")
    return faults


def permissions_are_complete(root: Path) -> list[str]:
    """PERMISSIONS holds what the methods need and nothing else, each for roles that exist."""
    faults = []
    for room in rooms(root):
        granted = declared(room)
        needed = {permission for _method, permission in methods(room)} | {"operate"}
        faults += [f"{room.name}: no method needs {each!r}" for each in sorted(set(granted) - needed)]
        faults += [
            f"{room.name}: {each!r} is missing" for each in sorted(needed - set(granted) - {"public"}, key=str) if each
        ]
        for permission, roles in granted.items():
            if not roles or roles - ROLES:
                faults.append(f"{room.name}: {permission!r} is for {sorted(roles - ROLES) or 'nobody'}")
    return faults


def methods(room: Path) -> Iterator[tuple[str, str | None]]:
    """Public methods of a service's RPC classes with their permission, None where none is declared."""
    for node in (node for path in module_files(room, "rpc") for node in tree(path).body):
        if isinstance(node, ast.ClassDef) and {"RpcService", "Operations"} & {name_of(base) for base in node.bases}:
            for each in node.body:
                if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) and not each.name.startswith("_"):
                    yield each.name, _permission(each)


def _permission(function: ast.FunctionDef | ast.AsyncFunctionDef) -> str | None:
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and name_of(decorator.func) == "method" and decorator.args:
            given = decorator.args[0]
            return given.value if isinstance(given, ast.Constant) else SHARED.get(name_of(given))
    return None


def declared(room: Path) -> dict[str, frozenset[str]]:
    """PERMISSIONS of a service: permission → roles; from the table of rights, or written out in ``access.py``."""
    module = tree(room / "access.py")
    sets: dict[str, frozenset[str]] = {}
    for node in module.body:
        target, value = _assignment(node)
        if target == "PERMISSIONS" and isinstance(value, ast.Call):
            return rights.permissions(ast.literal_eval(value.args[0]))
        if target == "PERMISSIONS" and isinstance(value, ast.Dict):
            return {
                key.value if isinstance(key, ast.Constant) else SHARED[name_of(key)]: _roles(each, sets)
                for key, each in zip(value.keys, value.values, strict=True)
                if key is not None
            }
        if target and value is not None:
            sets[target] = _roles(value, sets)
    return {}


def _assignment(node: ast.stmt) -> tuple[str, ast.expr | None]:
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        return name_of(node.targets[0]), node.value
    return (name_of(node.target), node.value) if isinstance(node, ast.AnnAssign) else ("", None)


def _roles(value: ast.expr, sets: dict[str, frozenset[str]]) -> frozenset[str]:
    named = [sets[each.id] for each in ast.walk(value) if isinstance(each, ast.Name) and each.id in sets]
    return texts_in(value).union(*named)
