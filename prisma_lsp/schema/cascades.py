"""Where a change of one row leads: circles, and several ways to the same model.

SQL Server and Prisma's own emulation of foreign keys refuse both.  The answer needs every relation
of the schema, so it is worked out once for all of them and kept until a relation changes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from prisma_lsp.schema import catalogue
from prisma_lsp.schema.declarations import Declaration, Model


class Edge(NamedTuple):
    """A relation field that holds a key: the model it leads to, and what is written about it."""

    field: str
    target: str
    on_delete: str
    on_update: str
    required: bool


def edges(declaration: Declaration) -> tuple[Edge, ...]:
    """The relations whose key is in the declaration's table."""
    if not isinstance(declaration, Model) or declaration.kind != "model":
        return ()
    found: tuple[Edge, ...] | None = declaration.__dict__.get("_edges")
    if found is None:
        found = declaration.__dict__["_edges"] = tuple(_edges(declaration))
    return found


def _edges(model: Model) -> Iterable[Edge]:
    for field in model.held_relations:
        columns = [model.fields.get(name) for name in field.key or ()]
        on_delete, on_update = field.action("onDelete"), field.action("onUpdate")
        yield Edge(
            field.name,
            field.type_name,
            on_delete.name if on_delete is not None else "",
            on_update.name if on_update is not None else "",
            any(column is not None and not column.is_optional for column in columns),
        )


class Cascades:
    """The relations along which a change goes on, for one provider and relation mode."""

    def __init__(self, declarations: Iterable[Declaration], provider: str, mode: str) -> None:
        self._next: dict[str, dict[str, str]] = {}
        for declaration in declarations:
            acting = {
                edge.field: edge.target
                for edge in edges(declaration)
                if edge.target != declaration.name and _acts(edge, provider, mode)
            }
            if acting:
                self._next.setdefault(declaration.name, {}).update(acting)
        self._group: dict[str, int] = {}
        self._reach: dict[str, int] = {}
        self._bit: dict[str, int] = {}
        self._find_groups()

    def circle(self, model: str, field: str) -> tuple[str, ...]:
        """The relations of a circle that begins with ``model.field``; empty where there is none."""
        target = self._next.get(model, {}).get(field)
        if target is None or self._group.get(model) != self._group.get(target):
            return ()
        group = self._group[model]
        seen = {target}
        row: list[tuple[str, tuple[str, ...]]] = [(target, (f"{model}.{field}",))]
        for here, path in row:
            for name, further in self._next.get(here, {}).items():
                if further == model:
                    return (*path, f"{here}.{name}", model)
                if further not in seen and self._group.get(further) == group:
                    seen.add(further)
                    row.append((further, (*path, f"{here}.{name}")))
        return ()

    def meeting(self, model: str, field: str) -> tuple[str, str] | None:
        """(another field of ``model``, a model) where a change of the latter comes in by both."""
        mine = self._next.get(model, {})
        target = mine.get(field)
        if target is None:
            return None
        for name, other in mine.items():
            common = self._reach[target] & self._reach[other] if name != field else 0
            if common:
                return name, min(m for m, bit in self._bit.items() if common >> bit & 1)
        return None

    def _find_groups(self) -> None:
        """Number the models so that those of one circle share a number, and say what each reaches.

        Tarjan's algorithm without recursion: groups come out with what they lead to before them.
        """
        order: dict[str, int] = {}
        low: dict[str, int] = {}
        open_: list[str] = []
        waiting: set[str] = set()
        for start in self._next:
            if start in order:
                continue
            work = [(start, iter(self._next[start].values()))]
            order[start] = low[start] = len(order)
            open_.append(start)
            waiting.add(start)
            while work:
                here, following = work[-1]
                for there in following:
                    if there not in order:
                        order[there] = low[there] = len(order)
                        open_.append(there)
                        waiting.add(there)
                        work.append((there, iter(self._next.get(there, {}).values())))
                        break
                    if there in waiting:
                        low[here] = min(low[here], order[there])
                else:
                    work.pop()
                    if work:
                        low[work[-1][0]] = min(low[work[-1][0]], low[here])
                    if low[here] == order[here]:
                        self._close(open_, waiting, here)

    def _close(self, open_: list[str], waiting: set[str], root: str) -> None:
        members = []
        while True:
            name = open_.pop()
            waiting.discard(name)
            members.append(name)
            if name == root:
                break
        group = len(self._group)
        reach = 0
        for name in members:
            self._group[name] = group
            self._bit[name] = len(self._bit)
            reach |= 1 << self._bit[name]
        for name in members:
            for there in self._next.get(name, {}).values():
                reach |= self._reach.get(there, 0)
        for name in members:
            self._reach[name] = reach


def _acts(edge: Edge, provider: str, mode: str) -> bool:
    """Whether a change of the target goes on to the rows that point at it."""
    on_delete = edge.on_delete or catalogue.default_action(
        "onDelete", edge.required, provider, mode
    )
    on_update = edge.on_update or catalogue.default_action(
        "onUpdate", edge.required, provider, mode
    )
    return not (on_delete in _STILL and on_update in _STILL)


_STILL = frozenset(("NoAction", "Restrict"))
