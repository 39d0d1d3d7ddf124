"""All files of one schema as one value that answers questions.

`Questions` lists everything that may be asked.  `Schema` answers them.  A rule asks through a
`Context` (see `prisma_lsp.lint.context`), which answers the same questions and remembers which ones
were asked, so that it is known exactly when a rule has to run again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

from prisma_lsp.schema import catalogue
from prisma_lsp.schema.cascades import Cascades, edges
from prisma_lsp.schema.constraints import stored_names
from prisma_lsp.schema.declarations import Config, Declaration, Enum, Field, Model, declare
from prisma_lsp.schema.parted import Parted
from prisma_lsp.syntax.document import Block, Change, Document

# What a question depends on: ("name", X) the declarations called X, ("refs", X) the fields of type
# X anywhere, ("config", "") datasources and generators, ("tenant", "") the model most others hang on,
# ("undeclared", "") the types that nothing declares.
Key = tuple[str, str]

# What stands in a comment that speaks to tools about its whole file.
FILE_MARK = "-ignore-file"

CONFIG: Key = ("config", "")
MAPPING: Key = ("mapping", "")
TENANT: Key = ("tenant", "")
CASCADES: Key = ("cascades", "")
UNDECLARED: Key = ("undeclared", "")


class Questions:
    """What may be asked of a schema.  Answers are values or declarations, never None by accident."""

    def _answer(self, question: str, *arguments: str) -> Any:
        raise NotImplementedError

    def kind_of(self, name: str) -> str | None:
        """"model", "view", "type", "enum" or "scalar"; None for a name that nothing has."""
        if name in catalogue.SCALARS:
            return "scalar"
        return self._answer("kind_of", name)  # type: ignore[no-any-return]

    def is_lost(self, name: str) -> bool:
        """Whether something has the name, but a missing `}` hides it from Prisma."""
        return self._answer("is_lost", name)  # type: ignore[no-any-return]

    def referrer_count(self, name: str) -> int:
        """How many declarations have a field of the type ``name``."""
        return self._answer("referrer_count", name)  # type: ignore[no-any-return]

    def model(self, name: str) -> Model | None:
        """The model, view or composite type of that name.  Prefer a smaller question."""
        return self._answer("model", name)  # type: ignore[no-any-return]

    def enum(self, name: str) -> Enum | None:
        return self._answer("enum", name)  # type: ignore[no-any-return]

    def field(self, model: str, name: str) -> Field | None:
        return self._answer("field", model, name)  # type: ignore[no-any-return]

    def fields_of_type(self, model: str, type_name: str) -> tuple[Field, ...]:
        """The fields of ``model`` whose type is ``type_name``, in order."""
        return self._answer("fields_of_type", model, type_name)  # type: ignore[no-any-return]

    def id_fields(self, model: str) -> tuple[str, ...]:
        """The names of the fields of the primary key."""
        return self._answer("id_fields", model)  # type: ignore[no-any-return]

    def unique_keys(self, model: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """(kind, field names) of the id and of every unique key that covers all rows."""
        return self._answer("unique_keys", model)  # type: ignore[no-any-return]

    def held_relations(self, model: str) -> tuple[Field, ...]:
        """The relation fields of ``model`` that hold a key."""
        return self._answer("held_relations", model)  # type: ignore[no-any-return]

    def required_composites(self, name: str) -> tuple[str, ...]:
        """The composite types that the composite type ``name`` cannot be without."""
        return self._answer("required_composites", name)  # type: ignore[no-any-return]

    def cascade_circle(self, model: str, field: str) -> tuple[str, ...]:
        """The circle of acting relations that begins with this one; see `schema.cascades`."""
        return self._answer("cascade_circle", model, field)  # type: ignore[no-any-return]

    def cascade_meeting(self, model: str, field: str) -> tuple[str, str] | None:
        """(another field, a model) where a change of the model comes in by both fields."""
        return self._answer("cascade_meeting", model, field)  # type: ignore[no-any-return]

    def is_ignored(self, model: str) -> bool:
        return self._answer("is_ignored", model)  # type: ignore[no-any-return]

    def declarations(self, name: str) -> tuple[Declaration, ...]:
        """Everything called ``name`` in the namespace of models and types, in the files' order."""
        return self._answer("declarations", name)  # type: ignore[no-any-return]

    def kinds_named(self, name: str) -> tuple[str, ...]:
        """The kinds of everything called ``name``, in no particular order; more than one is wrong."""
        return self._answer("kinds_named", name)  # type: ignore[no-any-return]

    def enum_values(self, name: str) -> tuple[str, ...] | None:
        """The names of an enum's values; None where ``name`` is no enum."""
        return self._answer("enum_values", name)  # type: ignore[no-any-return]

    def sharers(self, scope: str, name: str) -> tuple[tuple[str, str, str], ...]:
        """Who takes ``name`` in the database: (declaration, what, schema of the database).

        ``scope`` is "table", "enum" or "constraint"; "what" is a kind of declaration or constraint.
        Or it is "relation": the lists with that relation name, "what" being the model they lead to.
        """
        return self._answer("sharers", scope, name)  # type: ignore[no-any-return]

    def lookalikes(self, name: str) -> tuple[tuple[str, str], ...]:
        """(name, kind) of everything called like ``name`` but for capitals; () where it is alone."""
        return self._answer("lookalikes", "folded", name.lower())  # type: ignore[no-any-return]

    def is_referenced(self, name: str) -> bool:
        """Whether a field anywhere has the type ``name``, or a line that cannot be read mentions it."""
        return self._answer("is_referenced", name)  # type: ignore[no-any-return]

    def undeclared_types(self) -> tuple[str, ...]:
        """The types of fields that nothing declares, in alphabetical order."""
        return self._answer("undeclared_types")  # type: ignore[no-any-return]

    def provider(self) -> str | None:
        """The datasource's provider, as the catalogue spells it; None where it is not known."""
        return self._answer("provider")  # type: ignore[no-any-return]

    def connector(self) -> str | None:
        """The provider; "none" for a schema without a datasource, None where it cannot be told."""
        return self._answer("connector")  # type: ignore[no-any-return]

    def relation_mode(self) -> str:
        """"foreignKeys" or "prisma"."""
        return self._answer("relation_mode")  # type: ignore[no-any-return]

    def datasource_name(self) -> str:
        """What native types are prefixed with; "db" where there is no datasource."""
        return self._answer("datasource_name")  # type: ignore[no-any-return]

    def config_blocks(self) -> tuple[Config, ...]:
        """Every datasource and generator, in the files' order."""
        return self._answer("config_blocks")  # type: ignore[no-any-return]

    def first_configs(self) -> dict[str, Config | None]:
        """The first block of each ``kind name``; and what "another datasource" is, where there is one."""
        return self._answer("first_configs")  # type: ignore[no-any-return]

    def database_schemas(self) -> tuple[str, ...]:
        """What the datasource lists in ``schemas``."""
        return self._answer("database_schemas")  # type: ignore[no-any-return]

    def has_url(self) -> bool:
        """Whether the datasource has a ``url``, as before Prisma 7."""
        return self._answer("has_url")  # type: ignore[no-any-return]

    def preview_features(self) -> frozenset[str]:
        return self._answer("preview_features")  # type: ignore[no-any-return]

    def generator_providers(self) -> tuple[str, ...]:
        return self._answer("generator_providers")  # type: ignore[no-any-return]

    def tenant(self) -> str | None:
        """The model that at least 60 % of the models hold a foreign key to, if there is one."""
        return self._answer("tenant")  # type: ignore[no-any-return]

    def is_mostly_mapped(self) -> bool:
        """Whether at least 80 % of the models, and five of them, have a `@@map`."""
        return self._answer("is_mostly_mapped")  # type: ignore[no-any-return]

    def usual_type(self, field: str) -> str | None:
        """The scalar type that at least 80 % of the columns called ``field``, and four, have.

        Capitals and underscores in the name do not count.
        """
        return self._answer("usual_type", field.replace("_", "").lower())  # type: ignore[no-any-return]

    def file_marks(self, path: str) -> tuple[str, ...]:
        """The lines of a file that hold `FILE_MARK`, in no particular order."""
        return self._answer("file_marks", path)  # type: ignore[no-any-return]


class Place(NamedTuple):
    """Where a block stands: the file and the number of its first line."""

    path: str
    line: int


Index = Parted[str, tuple[Declaration, ...]]
# Who takes a name in the database: (declaration, its kind, as what, schema of the database).
Taker = tuple[str, str, str, str]
# (scope, name in the database) → who takes it.
Stored = Parted[tuple[str, str], tuple[Taker, ...]]
# Type → the names of the declarations with a field of that type.
References = Parted[str, tuple[str, ...]]


class _Begun(NamedTuple):
    """A change of which not all has been followed up yet."""

    old: Schema
    removed: Iterable[Block]
    added: Iterable[Block]
    gone: list[Declaration]
    come: list[Declaration]
    keys: set[Key]


class Schema(Questions):
    """A snapshot.  ``files`` maps a path (any string that its owner understands) to a document."""

    def __init__(self, files: Mapping[str, Document] | None = None) -> None:
        self.files: dict[str, Document] = {}
        self._names: Index = Parted()
        self._configs: tuple[Config, ...] = ()
        self._refs: References | None = None
        self._models = 0
        self._holders: Parted[str, int] | None = None
        # How often a word stands in lines that cannot be read; kept up together with `_refs`.
        self._mentions: dict[str, int] = {}
        self._stored: Stored | None = None
        self._tenant: tuple[str | None] | None = None
        self._cascades: Cascades | None = None
        # How many models have a `@@map`, and how many columns of a name have which type: counted
        # when first asked for, and kept up from then on.
        self._mapped: int | None = None
        self._types: Parted[str, dict[str, int]] | None = None
        self._undeclared: frozenset[str] | None = None
        # What is still to be done about a change that was begun.
        self._begun: _Begun | None = None
        self._stored_is_moved = True
        self._config_answers: dict[str, Any] = {}
        self._long_answers: dict[tuple[str, ...], tuple[Any, Any]] = {}
        # By name, where many share one: in order, and by their blocks.
        self._ordered: dict[str, tuple[Declaration, ...]] = {}
        self._owners: dict[str, dict[tuple[str, Block], Declaration]] = {}
        self._key_copies: dict[str, dict[str, list[Field]]] = {}
        self._marks: dict[str, tuple[Block, ...]] = {}
        # By path: what providers stand in blocks that cannot be read.
        self._strays: dict[str, tuple[tuple[Block, str], ...]] = {}
        if files:
            self.files = dict(sorted(files.items()))
            self._insert(
                declaration
                for path, document in self.files.items()
                for block in document.blocks
                if (declaration := declare(path, block)) is not None
            )
            for path, document in self.files.items():
                marked = tuple(block for block in document.blocks if _marks(block))
                if marked:
                    self._marks[path] = marked
                strays = tuple(_strays(document.blocks))
                if strays:
                    self._strays[path] = strays

    # --- how a new snapshot is made --------------------------------------------------------------

    def with_change(self, path: str, change: Change) -> tuple[Schema, set[Key]]:
        """The schema after a change in one file, and every key whose questions may answer anew."""
        new = self.begin(path, change)
        return new, new.complete()

    def with_file(self, path: str, document: Document | None) -> tuple[Schema, set[Key]]:
        """The schema with a file put in, replaced, or (None) taken away."""
        old = self.files.get(path)
        removed = old.blocks if old is not None else ()
        added = document.blocks if document is not None else ()
        new = self._with(path, document, removed, added)
        return new, new.complete()

    def begin(self, path: str, change: Change) -> Schema:
        """The first half of `with_change`: what the declarations of the file are.

        Until `complete` is called, only validity may ask: what others than the changed blocks
        refer to, hold and are called most often is answered as it was.
        """
        return self._with(path, change.document, change.removed, change.added)

    def _with(
        self, path: str, document: Document | None, removed: Iterable[Block], added: Iterable[Block]
    ) -> Schema:
        new = Schema.__new__(Schema)
        new._ordered = {}
        new._owners = {}
        new._key_copies = {}
        new._long_answers = {}
        new.files = dict(self.files)
        if document is None:
            new.files.pop(path, None)
        else:
            known = path in new.files
            new.files[path] = document
            if not known:
                new.files = dict(sorted(new.files.items()))
        new._names = self._names
        new._refs = self._refs
        new._holders = self._holders
        new._mentions = self._mentions
        new._stored = self._stored
        new._configs = self._configs
        new._models = self._models
        new._tenant = self._tenant
        new._cascades = self._cascades
        new._mapped = self._mapped
        new._types = self._types
        new._undeclared = self._undeclared
        new._config_answers = self._config_answers
        new._marks = self._marks
        new._strays = self._strays
        marks = self._changed_marks(path, removed, added)
        if marks is not None:
            new._marks = {**self._marks, path: marks}
        owners = [self._owner(path, block) for block in removed]
        gone = [declaration for declaration in owners if declaration is not None]
        made = [declare(path, block) for block in added]
        come = [declaration for declaration in made if declaration is not None]
        keys: set[Key] = {("file", path)} if marks is not None else set()
        if self._move_strays(new, path, removed, added):
            keys.add(CONFIG)
        keys |= {CONFIG for d in (*gone, *come) if isinstance(d, Config)}
        if gone or come:
            new._move(gone, come)
        if CONFIG in keys:
            new._config_answers = {}
            new._cascades = None
        new._begun = _Begun(self, removed, added, gone, come, keys)
        new._stored_is_moved = False
        return new

    def complete(self) -> set[Key]:
        """The second half: every key whose questions may answer anew."""
        if self._begun is None:
            return set()
        old, removed, added, gone, come, keys = self._begun
        self._move_stored()
        self._begun = None
        if old._refs is not None:
            keys |= self._move_mentions(old, removed, added)
        if not gone and not come and CONFIG not in keys:
            return keys
        keys |= self._move_facts(old, gone, come)
        if old._undeclared is not None:
            moved = {name for scope, name in keys if name and scope in ("refs", "name")}
            wrong = {name for name in moved if self._is_undeclared(name)}
            if wrong != moved & old._undeclared:
                self._undeclared = old._undeclared - moved | wrong
                keys.add(UNDECLARED)
        if old._cascades is not None:
            before = {(d.name, e) for d in gone for e in edges(d)}
            after = {(d.name, e) for d in come for e in edges(d)}
            if before != after or CONFIG in keys:
                self._cascades = None
                keys.add(CASCADES)
        if old._mapped is not None and self.is_mostly_mapped() != old.is_mostly_mapped():
            keys.add(MAPPING)
        changed = [name for scope, name in keys if scope == "column"]
        keys -= {("column", n) for n in changed if self.usual_type(n) == old.usual_type(n)}
        if self._models != old._models or self._holders is not old._holders:
            self._tenant = None
            if old._tenant is not None and self.tenant() != old._tenant[0]:
                keys.add(TENANT)
        return keys

    def _move_strays(
        self, new: Schema, path: str, removed: Iterable[Block], added: Iterable[Block]
    ) -> bool:
        """Whether a change in a file changes which providers stand in unreadable blocks."""
        come = tuple(_strays(added))
        now = self._strays.get(path, ())
        if not come and not now:
            return False
        gone = set(removed)
        after = tuple(stray for stray in now if stray[0] not in gone) + come
        new._strays = {**self._strays, path: after}
        return [name for _, name in after] != [name for _, name in now]

    def _move_mentions(
        self, old: Schema, removed: Iterable[Block], added: Iterable[Block]
    ) -> set[Key]:
        """Count the words of unreadable lines anew; what is now mentioned, or no longer."""
        steps: dict[str, int] = {}
        for blocks, step in ((removed, -1), (added, 1)):
            for block in blocks:
                for word in _unread_words(block):
                    steps[word] = steps.get(word, 0) + step
        if not any(steps.values()):
            return set()
        self._mentions = dict(old._mentions)
        for word, step in steps.items():
            self._mentions[word] = self._mentions.get(word, 0) + step
            if not self._mentions[word]:
                del self._mentions[word]
        return {("refs", word) for word in old._mentions.keys() ^ self._mentions.keys()}

    def _changed_marks(
        self, path: str, removed: Iterable[Block], added: Iterable[Block]
    ) -> tuple[Block, ...] | None:
        """The marked blocks of a file after a change, or None where they are what they were."""
        come = tuple(block for block in added if _marks(block))
        now = self._marks.get(path, ())
        if not come and not now:
            return None
        gone = set(removed)
        after = tuple(block for block in now if block not in gone) + come
        return after if after != now else None

    def marked_blocks(self, path: str) -> tuple[Block, ...]:
        """The blocks that `file_marks` comes from."""
        return self._marks.get(path, ())

    def _owner(self, path: str, block: Block) -> Declaration | None:
        is_config = block.kind in ("datasource", "generator")
        candidates = self._configs if is_config else self._names.get(block.name, ())
        if len(candidates) > 8:
            # Then all of them will be asked for.
            key = "" if is_config else block.name
            known = self._owners.get(key)
            if known is None:
                known = self._owners[key] = {(d.path, d.block): d for d in candidates}
            return known.get((path, block))
        for declaration in candidates:
            if declaration.block is block and declaration.path == path:
                return declaration
        return None

    def _insert(self, come: Iterable[Declaration]) -> None:
        """Put declarations in, all of a name at once: many may have the same."""
        configs: list[Config] = []
        by_name: dict[str, list[Declaration]] = {}
        for declaration in come:
            if isinstance(declaration, Config):
                configs.append(declaration)
            else:
                by_name.setdefault(declaration.name, []).append(declaration)
                self._models += declaration.kind == "model"
                if self._mapped is not None:
                    self._mapped += _is_mapped(declaration)
        if configs:
            self._configs = (*self._configs, *configs)
        for name, found in by_name.items():
            self._names.set(name, (*self._names.get(name, ()), *found))

    def _move(self, gone: list[Declaration], come: list[Declaration]) -> None:
        """Declarations are replaced: in the indexes by name."""
        self._names = self._names.copy()
        left = set(gone)
        if any(isinstance(declaration, Config) for declaration in gone):
            self._configs = tuple([c for c in self._configs if c not in left])
        for name in {d.name: None for d in gone if not isinstance(d, Config)}:
            rest = tuple([d for d in self._names.get(name, ()) if d not in left])
            if rest:
                self._names.set(name, rest)
            else:
                self._names.drop(name)
        for declaration in gone:
            self._models -= declaration.kind == "model"
            if self._mapped is not None:
                self._mapped -= _is_mapped(declaration)
        self._insert(come)

    def _move_stored(self) -> None:
        """Declarations are replaced: in the index of names in the database.

        Not before it is asked: validity asks only for the names of what it looks at.
        """
        begun = self._begun
        if begun is None or self._stored_is_moved or begun.old._stored is None:
            return
        self._stored_is_moved = True
        gone = [d for d in begun.gone if not isinstance(d, Config)]
        come = [d for d in begun.come if not isinstance(d, Config)]
        fewer, further = _moved(_taken(gone), _taken(come))
        if fewer or further:
            begun.keys.update(
                ("stored", f"{scope}:{name}") for (scope, name), _ in (*fewer, *further)
            )
            self._stored = _changed(begun.old._stored, fewer, further)

    def _move_facts(
        self, old: Schema, gone: list[Declaration], come: list[Declaration]
    ) -> set[Key]:
        """Declarations are replaced: in the other indexes; what they depend on and has changed.

        Those indexes hold names and not declarations, so most edits change nothing in them.
        """
        keys: set[Key] = set()
        gone = [d for d in gone if not isinstance(d, Config)]
        come = [d for d in come if not isinstance(d, Config)]
        # More than one of a name: which is the first may change even where none of them does.
        before, after = _signatures(gone), _signatures(come)
        names = before.keys() | after.keys()
        keys |= {("name", name) for name in names if before.get(name) != after.get(name)}
        less, more = _moved(_mentions(gone), _mentions(come))
        keys |= {("refs", name) for name, _ in (*less, *more)}
        if old._refs is not None and (less or more):
            self._refs = _changed(old._refs, less, more)
        if old._holders is not None:
            dropped, held = _moved(_all_held(gone), _all_held(come))
            if dropped or held:
                self._holders = old._holders.copy()
                for name, step in [(n, -1) for n in dropped] + [(n, 1) for n in held]:
                    self._holders.set(name, self._holders.get(name, 0) + step)
        if old._types is not None:
            lost, won = _moved(_all_columns(gone), _all_columns(come))
            if lost or won:
                self._types = old._types.copy()
                for (name, kind), step in [(c, -1) for c in lost] + [(c, 1) for c in won]:
                    counts = dict(self._types.get(name, {}))
                    counts[kind] = counts.get(kind, 0) + step
                    self._types.set(name, counts)
                keys |= {("column", name) for name, _ in (*lost, *won)}
        return keys

    def _takers(self, key: tuple[str, str]) -> tuple[Taker, ...]:
        """Who takes a name in the database; the index is made when first asked for."""
        self._move_stored()
        if self._stored is None:
            self._stored = _grouped(_taken(self.all_declarations()))
        return self._stored.get(key, ())

    def _references(self) -> References:
        """Type → the names of the declarations with a field of that type; made when first asked
        for."""
        if self._refs is None:
            self._refs = _grouped(_mentions(self.all_declarations()))
            self._holders = Parted()
            for name in _all_held(self.all_declarations()):
                self._holders.set(name, self._holders.get(name, 0) + 1)
            self._mentions = Counter(
                word
                for document in self.files.values()
                for block in document.blocks
                for word in _unread_words(block)
            )
        return self._refs

    # --- answers ---------------------------------------------------------------------------------

    def find(self, question: str, *arguments: str) -> Any:
        """An answer alone, for those who will not ask again."""
        return _ANSWERS[question][0](self, *arguments)

    _answer = find

    def answer(self, question: str, arguments: tuple[str, ...]) -> tuple[Any, Any]:
        """An answer and its fingerprint.  A long answer, which many ask for, is made once."""
        key = (question, *arguments)
        known = self._long_answers.get(key)
        if known is not None:
            return known
        answer = _ANSWERS[question][0](self, *arguments)
        found = (answer, fingerprint(answer))
        if isinstance(answer, tuple) and len(answer) > 8:
            self._long_answers[key] = found
        return found

    def is_prompt(self, question: str) -> bool:
        """Whether a question can be answered without first reading every declaration."""
        match _ANSWERS[question][1]:
            case "stored":
                return self._stored is not None
            case "refs":
                return self._refs is not None
            case "tenant":
                return self._tenant is not None
            case "mapping":
                return self._mapped is not None
            case "column":
                return self._types is not None
            case "undeclared":
                return self._undeclared is not None
            case "cascades":
                return self._cascades is not None
        return True

    def read(self, declaration: Declaration) -> None:
        """Find out of a declaration what questions about all of them ask of each."""
        one = (declaration,)
        _mentions(one)
        _taken(one)
        _all_held(one)
        _all_columns(one)

    def owner(self, path: str, block: Block) -> Declaration | None:
        """The declaration that ``block`` of file ``path`` makes."""
        return self._owner(path, block)

    def all_declarations(self) -> Iterable[Declaration]:
        """Everything in the namespace of models and types, in no particular order."""
        for declarations in self._names.values():
            yield from declarations

    @property
    def configs(self) -> tuple[Config, ...]:
        """Datasources and generators, as they stand in the files."""
        if len(self._configs) < 2:
            return self._configs
        if len(self._configs) < 8:
            return tuple(sorted(self._configs, key=lambda c: self.place(c)))
        return self._in_order("", self._configs)  # type: ignore[return-value]

    def place(self, declaration: Declaration) -> Place:
        """Where a declaration's block starts."""
        return Place(declaration.path, self.line_of(declaration.path, declaration.block))

    def line_of(self, path: str, block: Block) -> int:
        """The number of the first line of a block of the file ``path``."""
        return self.files[path].start_of(block)

    def undeclared(self) -> list[str]:
        """The types of fields that nothing declares, in alphabetical order."""
        if self._undeclared is None:
            names = (name for name in self._references() if name)
            self._undeclared = frozenset(name for name in names if self._is_undeclared(name))
        return sorted(self._undeclared)

    def _is_undeclared(self, name: str) -> bool:
        return self._first(name) is None and bool(self._references().get(name, ()))

    def referrers(self, name: str) -> tuple[Model, ...]:
        """The models, views and types with a field of the type ``name``, by name."""
        owners = dict.fromkeys(sorted(self._references().get(name, ())))
        return tuple(
            declaration
            for owner in owners
            for declaration in self.declarations(owner)
            if isinstance(declaration, Model) and name in declaration.fields_by_type
        )

    def key_copies(self, name: str) -> dict[str, list[Field]]:
        """By the name of a field of model ``name``: the foreign-key columns that hold its values."""
        found = self._key_copies.get(name)
        if found is None:
            found = self._key_copies[name] = {}
            for model in self.referrers(name):
                for relation in model.fields_by_type[name]:
                    for key, target in zip(relation.key or (), relation.references or (), strict=False):
                        column = model.fields.get(key)
                        if column is not None and column.relation is None and column.type_name != model.name:
                            found.setdefault(target, []).append(column)
        return found

    def _first(self, name: str) -> Declaration | None:
        found = self._names.get(name, ())
        if len(found) > 1:
            found = self._in_order(name, found)
            # A header without an end above the block that it was copied from is no second meaning.
            found = tuple(d for d in found if d.block.close >= 0) or found
        return found[0] if found else None

    def _in_order(self, name: str, found: tuple[Declaration, ...]) -> tuple[Declaration, ...]:
        """All declarations of a name ("" for datasources and generators) as they stand in the files;
        remembered, as there may be many."""
        ordered = self._ordered.get(name)
        if ordered is None:
            wanted = {declaration.block: declaration for declaration in found}
            ordered = tuple(
                wanted[block]
                for path in sorted({declaration.path for declaration in found})
                for block in self.files[path].blocks
                if block in wanted and wanted[block].path == path
            )
            self._ordered[name] = ordered
        return ordered


def _kind_of(schema: Schema, name: str) -> str | None:
    found = schema._first(name)
    return found.kind if found is not None else None


def _is_lost(schema: Schema, name: str) -> bool:
    found = schema._names.get(name, ())
    return bool(found) and all(declaration.is_lost for declaration in found)


def _referrer_count(schema: Schema, name: str) -> int:
    return len(set(schema._references().get(name, ())))


def _model(schema: Schema, name: str) -> Model | None:
    found = schema._first(name)
    return found if isinstance(found, Model) else None


def _enum(schema: Schema, name: str) -> Enum | None:
    found = schema._first(name)
    return found if isinstance(found, Enum) else None


def _field(schema: Schema, model: str, name: str) -> Field | None:
    found = _model(schema, model)
    return found.fields.get(name) if found is not None else None


def _fields_of_type(schema: Schema, model: str, type_name: str) -> tuple[Field, ...]:
    found = _model(schema, model)
    if found is None:
        return ()
    return tuple(found.fields_by_type.get(type_name, ()))


def _id_fields(schema: Schema, model: str) -> tuple[str, ...]:
    found = _model(schema, model)
    return found.id.names if found is not None and found.id is not None else ()


def _unique_keys(schema: Schema, model: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found = _model(schema, model)
    if found is None:
        return ()
    return tuple([(i.kind, i.names) for i in found.indexes if i.is_unique and i.where is None])


def _held_relations(schema: Schema, model: str) -> tuple[Field, ...]:
    found = _model(schema, model)
    if found is None:
        return ()
    return found.held_relations


def _required_composites(schema: Schema, name: str) -> tuple[str, ...]:
    found = _model(schema, name)
    if found is None or found.kind != "type":
        return ()
    return tuple([f.type_name for f in found.all_fields if not f.arity])


def _sharers(schema: Schema, scope: str, name: str) -> tuple[tuple[str, str, str], ...]:
    found = [(owner, what, schema_) for owner, _, what, schema_ in schema._takers((scope, name))]
    return tuple(sorted(found) if len(found) > 1 else found)


def _lookalikes(schema: Schema, scope: str, name: str) -> tuple[tuple[str, str], ...]:
    found = schema._takers((scope, name))
    return tuple([(owner, kind) for owner, kind, *_ in found]) if len(found) > 1 else ()


def _database_schema(declaration: Declaration) -> str:
    attribute = declaration.attribute("schema")
    value = attribute.argument("map", 0) if attribute is not None else None
    return str(getattr(value, "value", "")) if value is not None else ""


def _is_ignored(schema: Schema, model: str) -> bool:
    found = _model(schema, model)
    return found is not None and found.is_ignored


def _declarations(schema: Schema, name: str) -> tuple[Declaration, ...]:
    found = schema._names.get(name, ())
    return schema._in_order(name, found) if len(found) > 1 else found


def _kinds_named(schema: Schema, name: str) -> tuple[str, ...]:
    return tuple([d.kind for d in schema._names.get(name, ())])


def _enum_values(schema: Schema, name: str) -> tuple[str, ...] | None:
    found = _enum(schema, name)
    return tuple([value.name for value in found.values]) if found is not None else None


def _is_referenced(schema: Schema, name: str) -> bool:
    return bool(schema._references().get(name, ())) or name in schema._mentions


def _unread_words(block: Block) -> Iterator[str]:
    """The words of a block's lines that cannot be read: what they refer to, nobody has taken away."""
    problems = {problem.line for problem in block.problems}
    for line in range(len(block.lines)) if problems and block.kind == "unknown" else problems:
        yield from _WORD.findall(block.lines[line])


_WORD = re.compile(r"[A-Za-z]\w*")


def _marks(block: Block) -> list[str]:
    return [line for line in block.lines if FILE_MARK in line]


def _file_marks(schema: Schema, path: str) -> tuple[str, ...]:
    return tuple(line for block in schema._marks.get(path, ()) for line in _marks(block))


def _config(schema: Schema, name: str) -> Any:
    """An answer about datasources and generators, remembered until one of them changes."""
    if name not in schema._config_answers:
        schema._config_answers[name] = _CONFIG_ANSWERS[name](schema)
    return schema._config_answers[name]


def _datasource(schema: Schema) -> Config | None:
    return next((c for c in schema.configs if c.kind == "datasource"), None)


def _provider(schema: Schema) -> str | None:
    # A header written twice leaves the provider in the second block.
    sources = [c for c in schema.configs if c.kind == "datasource"]
    written = next((w for w in (c.string("provider") for c in sources) if w is not None), None)
    known = catalogue.canonical_provider(written) if written is not None else None
    if known is not None:
        return known
    # While a header is being typed, nobody has changed the database.
    strays = {name for path in schema.files for _, name in schema._strays.get(path, ())}
    return _half_typed_provider(sources, written) or (strays.pop() if len(strays) == 1 else None)


def _half_typed_provider(sources: list[Config], written: str | None) -> str | None:
    """What the provider was before the edit that broke its line, as far as the blocks still tell."""
    for source in sources:
        for line in source.block.lines:
            if match := _TYPED.match(line):
                if known := catalogue.canonical_provider(match[1]):
                    return known
                written = written or match[1]
            for name in _QUOTED.findall(line):
                if known := catalogue.canonical_provider(name):
                    return known
    if not written:
        return None
    begun = [name for name in catalogue.PROVIDERS if name.startswith(written)]
    if len(begun) == 1:
        return begun[0]
    from difflib import get_close_matches

    near = get_close_matches(written, catalogue.PROVIDERS, 1, 0.8)
    return catalogue.canonical_provider(near[0]) if near else None


# A provider in a line that may be broken: half a name, a sign too few.
_TYPED = re.compile(
    r'[ \t]{0,80}\w{0,3}rov\w{0,9}\W{0,80}?"?([a-z]{1,20})\W{0,80}\Z'
)

_QUOTED = re.compile(r'"([a-z]{1,20})"')


def _strays(blocks: Iterable[Block]) -> Iterator[tuple[Block, str]]:
    """The providers of databases in blocks that are no declarations."""
    for block in blocks:
        if block.kind in ("gap", "unknown"):
            for line in block.lines:
                match = _TYPED.match(line) if "provider" in line else None
                provider = catalogue.canonical_provider(match[1]) if match else None
                if provider is not None:
                    yield block, provider


def _connector(schema: Schema) -> str | None:
    return schema.provider() if _datasource(schema) is not None else "none"


def _relation_mode(schema: Schema) -> str:
    source = _datasource(schema)
    if source is not None:
        for name in ("relationMode", "referentialIntegrity"):
            written = source.string(name)
            if written in ("prisma", "foreignKeys"):
                return written
    return catalogue.default_relation_mode(schema.provider() or "postgresql")


def _first_configs(schema: Schema) -> dict[str, Config | None]:
    sources = [config for config in schema.configs if config.kind == "datasource"]
    found: dict[str, Config | None] = {"another datasource": sources[1] if len(sources) > 1 else None}
    for config in schema.configs:
        found.setdefault(f"{config.kind} {config.name}", config)
    return found


def _datasource_name(schema: Schema) -> str:
    source = _datasource(schema)
    return source.name if source is not None else "db"


def _database_schemas(schema: Schema) -> tuple[str, ...]:
    source = _datasource(schema)
    return source.strings("schemas") if source is not None else ()


def _has_url(schema: Schema) -> bool:
    source = _datasource(schema)
    return source is not None and "url" in source.properties


def _preview_features(schema: Schema) -> frozenset[str]:
    generators = [c for c in schema.configs if c.kind == "generator"]
    return frozenset(name for c in generators for name in c.strings("previewFeatures"))


def _generator_providers(schema: Schema) -> tuple[str, ...]:
    generators = [c for c in schema.configs if c.kind == "generator"]
    return tuple(c.string("provider") or "" for c in generators)


def _is_mostly_mapped(schema: Schema) -> bool:
    if schema._mapped is None:
        schema._mapped = sum(map(_is_mapped, schema.all_declarations()))
    return schema._mapped >= 5 and schema._mapped * 10 >= schema._models * 8


def _usual_type(schema: Schema, name: str) -> str | None:
    if schema._types is None:
        counted: dict[str, dict[str, int]] = {}
        for field, kind in _all_columns(schema.all_declarations()):
            counts = counted.setdefault(field, {})
            counts[kind] = counts.get(kind, 0) + 1
        schema._types = Parted()
        for field, counts in counted.items():
            schema._types.set(field, counts)
    known = schema._types.get(name, {})
    if not known:
        return None
    best = max(known, key=lambda one: (known[one], one))
    return best if known[best] >= 4 and known[best] * 10 >= sum(known.values()) * 8 else None


def _columns(declaration: Declaration | None) -> Iterable[tuple[str, str]]:
    """(name in small letters without underscores, type) of the scalar fields of a model."""
    if not isinstance(declaration, Model) or declaration.kind != "model":
        return ()
    return [
        (field.name.replace("_", "").lower(), field.type_name)
        for field in declaration.fields.values()
        if field.type_name in catalogue.SCALARS
    ]


def _cascades(schema: Schema) -> Cascades:
    if schema._cascades is None:
        provider = schema.provider() or "postgresql"
        schema._cascades = Cascades(schema.all_declarations(), provider, schema.relation_mode())
    return schema._cascades


def _tenant(schema: Schema) -> str | None:
    if schema._tenant is None:
        schema._references()
        assert schema._holders is not None
        best = max(schema._holders.items(), key=lambda item: (item[1], item[0]), default=None)
        # The tenant's own model cannot hold the key to itself, so it does not count.
        others = schema._models - 1
        enough = best is not None and others >= 3 and best[1] * 10 >= others * 6
        schema._tenant = (best[0] if best is not None and enough else None,)
    return schema._tenant[0]


_CONFIG_ANSWERS = {
    "provider": _provider,
    "connector": _connector,
    "relation_mode": _relation_mode,
    "datasource_name": _datasource_name,
    "database_schemas": _database_schemas,
    "has_url": _has_url,
    "preview_features": _preview_features,
    "config_blocks": lambda schema: schema.configs,
    "first_configs": _first_configs,
    "generator_providers": _generator_providers,
}

# question → (how a schema answers it, the key of what it depends on, given its first argument).
_ANSWERS: dict[str, tuple[Any, str]] = {
    "kind_of": (_kind_of, "name"),
    "is_lost": (_is_lost, "name"),
    "referrer_count": (_referrer_count, "refs"),
    "model": (_model, "name"),
    "enum": (_enum, "name"),
    "field": (_field, "name"),
    "fields_of_type": (_fields_of_type, "name"),
    "id_fields": (_id_fields, "name"),
    "unique_keys": (_unique_keys, "name"),
    "held_relations": (_held_relations, "name"),
    "required_composites": (_required_composites, "name"),
    "is_ignored": (_is_ignored, "name"),
    "declarations": (_declarations, "name"),
    "kinds_named": (_kinds_named, "name"),
    "enum_values": (_enum_values, "name"),
    "sharers": (_sharers, "stored"),
    "lookalikes": (_lookalikes, "stored"),
    "is_referenced": (_is_referenced, "refs"),
    "undeclared_types": (lambda s: tuple(s.undeclared()), "undeclared"),
    "provider": (lambda s: _config(s, "provider"), "config"),
    "connector": (lambda s: _config(s, "connector"), "config"),
    "relation_mode": (lambda s: _config(s, "relation_mode"), "config"),
    "datasource_name": (lambda s: _config(s, "datasource_name"), "config"),
    "config_blocks": (lambda s: _config(s, "config_blocks"), "config"),
    "first_configs": (lambda s: _config(s, "first_configs"), "config"),
    "database_schemas": (lambda s: _config(s, "database_schemas"), "config"),
    "has_url": (lambda s: _config(s, "has_url"), "config"),
    "preview_features": (lambda s: _config(s, "preview_features"), "config"),
    "generator_providers": (lambda s: _config(s, "generator_providers"), "config"),
    "cascade_circle": (lambda s, model, field: _cascades(s).circle(model, field), "cascades"),
    "cascade_meeting": (lambda s, model, field: _cascades(s).meeting(model, field), "cascades"),
    "tenant": (_tenant, "tenant"),
    "is_mostly_mapped": (_is_mostly_mapped, "mapping"),
    "usual_type": (_usual_type, "column"),
    "file_marks": (_file_marks, "file"),
}


def key_of(question: str, arguments: tuple[str, ...]) -> Key:
    """What the answer to a question depends on."""
    scope = _ANSWERS[question][1]
    if scope == "stored":
        return (scope, f"{arguments[0]}:{arguments[1]}")
    return (scope, arguments[0] if scope in ("name", "refs", "file", "column") else "")


def fingerprint(answer: Any) -> Any:
    """A value that is equal exactly where two answers mean the same to a rule."""
    if isinstance(answer, tuple):
        if not any(isinstance(item, (Field, Declaration)) for item in answer):
            return answer
        return tuple([fingerprint(item) for item in answer])
    if isinstance(answer, (Field, Declaration)):
        return answer.signature
    return answer


def _signatures(declarations: Iterable[Declaration]) -> dict[str, list[object]]:
    """What each name means: the signatures of its declarations, in order."""
    found: dict[str, list[object]] = {}
    for declaration in declarations:
        found.setdefault(declaration.name, []).append(declaration.signature)
    return found


def _is_mapped(declaration: Declaration) -> bool:
    return declaration.kind == "model" and declaration.mapped_name is not None


# What the indexes that are kept up hold of declarations: pairs of a key and what stands under it.
# Each is found once for a declaration.


def _mentions(declarations: Iterable[Declaration]) -> list[tuple[str, str]]:
    """(type, name of the declaration) for every type that is no scalar."""
    return [
        (name, d.name) for d in declarations if isinstance(d, Model) for name in d.fields_by_type
        if name not in catalogue.SCALARS
    ]  # fmt: skip


def _taken(declarations: Iterable[Declaration]) -> list[tuple[tuple[str, str], Taker]]:
    """((scope, name in the database), who takes it)."""
    return [
        ((scope, name), (d.name, d.kind, what, _database_schema(d)))
        for d in declarations
        for scope, name, what in stored_names(d)
    ]


def _all_held(declarations: Iterable[Declaration]) -> list[str]:
    """The names of the models that each model holds a foreign key to."""
    return [
        name
        for d in declarations
        if isinstance(d, Model) and d.kind == "model"
        for name in {f.type_name for f in d.held_relations}
        if name != d.name
    ]


def _all_columns(declarations: Iterable[Declaration]) -> list[tuple[str, str]]:
    return [column for declaration in declarations for column in _columns(declaration)]


Item = TypeVar("Item")
Name = TypeVar("Name")


def _moved(before: list[Item], after: list[Item]) -> tuple[list[Item], list[Item]]:
    """What is only in the one and what is only in the other list, each as often as it is."""
    if before == after:
        return [], []
    left = Counter(after)
    gone = []
    for item in before:
        if left[item] > 0:
            left[item] -= 1
        else:
            gone.append(item)
    return gone, list(left.elements())


def _grouped(pairs: Iterable[tuple[Name, Item]]) -> Parted[Name, tuple[Item, ...]]:
    found: Parted[Name, tuple[Item, ...]] = Parted()
    for name, items in _by_name(pairs).items():
        found.set(name, tuple(items))
    return found


def _changed(
    index: Parted[Name, tuple[Item, ...]],
    gone: Iterable[tuple[Name, Item]],
    come: Iterable[tuple[Name, Item]],
) -> Parted[Name, tuple[Item, ...]]:
    """A copy without the one and with the other."""
    new = index.copy()
    for name, items in _by_name(gone).items():
        rest = _without(new.get(name, ()), items)
        if rest:
            new.set(name, rest)
        else:
            new.drop(name)
    for name, items in _by_name(come).items():
        new.set(name, (*new.get(name, ()), *items))
    return new


def _by_name(pairs: Iterable[tuple[Name, Item]]) -> dict[Name, list[Item]]:
    found: dict[Name, list[Item]] = {}
    for name, item in pairs:
        found.setdefault(name, []).append(item)
    return found


def _without(items: tuple[Item, ...], gone: list[Item]) -> tuple[Item, ...]:
    """``items`` without the first of each that is gone, as often as it is."""
    left = Counter(gone)
    rest = []
    for item in items:
        if left.get(item):
            left[item] -= 1
        else:
            rest.append(item)
    return tuple(rest)

