"""Files that people bring in."""

from __future__ import annotations

from typing import Any

from libs.common.rpc.server import RpcService, method
from services.clients import handlers, queries, wiring
from services.clients.importing.steps.previewing import preview

Document = dict[str, Any]


class ImportMethods(RpcService):
    """Files that people bring in."""

    @method("imports.own")
    def prepare_import(
        self, filename: str, people: dict[str, str], directory: dict[str, str] | None = None
    ) -> Document:
        given: Document = {"filename": filename, "people": people, "directory": directory}
        return self.execute(handlers.prepare_import, **given)

    @method("imports.own")
    def complete_import(self, import_id: str, size: int) -> Document:
        return self.execute(handlers.complete_import, import_id=import_id, size=size)

    @method("imports.own")
    def list_imports(self, limit: int | None = None, cursor: str | None = None) -> Document:
        return self.read(queries.list_imports, limit=limit, cursor=cursor)

    @method("imports.own")
    def get_import(self, import_id: str) -> Document:
        return self.read(queries.import_document, import_id=import_id)

    @method("imports.own")
    def import_rows(
        self, import_id: str, state: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Document:
        return self.read(queries.import_rows_of, import_id=import_id, state=state, limit=limit, cursor=cursor)

    @method("imports.own")
    def preview_import(self, import_id: str, limit: int | None = None, cursor: str | None = None) -> Document:
        return preview(wiring.import_tools(), self.context, import_id, limit, cursor)

    @method("imports.own")
    def change_import(
        self,
        import_id: str,
        sheets: list[Document] | None = None,
        answers: Document | None = None,
        version: int | None = None,
    ) -> Document:
        given: Document = {"sheets": sheets, "answers": answers, "version": version}
        return self.execute(handlers.change_import, import_id=import_id, **given)

    @method("imports.own")
    def repair_row(self, import_id: str, n: int, cells: Document) -> Document:
        return self.execute(handlers.repair_row, import_id=import_id, n=n, cells=cells)

    @method("imports.own")
    def commit_import(self, import_id: str, only_good: bool = False) -> Document:
        return self.execute(handlers.commit_import, import_id=import_id, only_good=only_good)

    @method("imports.own")
    def undo_import(self, import_id: str) -> Document:
        return self.execute(handlers.undo_import, import_id=import_id)

    @method("imports.own")
    def delete_import(self, import_id: str) -> Document:
        return self.execute(handlers.delete_import, import_id=import_id)
