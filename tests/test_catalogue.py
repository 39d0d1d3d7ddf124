"""The catalogue agrees with itself, and with facts once taken from Prisma's engine."""

import subprocess
import sys

import pytest

from prisma_lsp.schema import catalogue as c


def test_providers_have_one_name() -> None:
    assert c.canonical_provider("postgres") == "postgresql"
    assert [c.canonical_provider(p) for p in c.PROVIDERS] == list(c.PROVIDERS)
    for unknown in ("mariadb", "mssql", "Postgres", "prisma+postgres", ""):
        assert c.canonical_provider(unknown) is None
    assert (*c.SQL_PROVIDERS, "mongodb") == c.PROVIDERS
    assert set(c.NATIVE_TYPES) == set(c.INDEX_TYPES) == set(c.PROVIDER_TITLES) == set(c.PROVIDERS)


@pytest.mark.parametrize(
    ("provider", "scalar", "column"),
    [
        ("postgresql", "String", "TEXT"),
        ("postgresql", "DateTime", "TIMESTAMP(3)"),
        ("postgresql", "Decimal", "DECIMAL(65,30)"),
        ("cockroachdb", "Int", "INT4"),
        ("mysql", "String", "VARCHAR(191)"),
        ("mysql", "Decimal", "DECIMAL(65, 30)"),
        ("sqlite", "Float", "REAL"),
        ("sqlserver", "String", "NVARCHAR(1000)"),
    ],
)
def test_default_columns(provider: str, scalar: str, column: str) -> None:
    assert c.SCALARS[scalar].columns[provider] == column


def test_scalars_a_provider_lacks() -> None:
    lacking = {(p, s.name) for s in c.SCALARS.values() for p in c.PROVIDERS if p not in s.columns}
    assert lacking == {("sqlserver", "Json"), ("mongodb", "Decimal")}


def test_native_types_hang_together() -> None:
    counts = {p: len(types) for p, types in c.NATIVE_TYPES.items()}
    assert counts == {
        "postgresql": 26,
        "cockroachdb": 22,
        "mysql": 32,
        "sqlite": 0,
        "sqlserver": 27,
        "mongodb": 10,
    }
    for types in c.NATIVE_TYPES.values():
        for name, native in types.items():
            assert native.name == name
            assert native.scalars
            assert set(native.scalars) <= set(c.SCALARS)
            assert native.sql.count("{") == native.max_args >= native.min_args
            assert bool(native.args) == bool(native.max_args)
            assert len(native.limits) in (0, native.max_args)
            assert native.doc.endswith(".")


@pytest.mark.parametrize(
    ("provider", "name", "args", "sql"),
    [
        ("postgresql", "VarChar", ["255"], "VARCHAR(255)"),
        ("postgresql", "VarChar", [], "VARCHAR"),
        ("postgresql", "Timestamptz", ["3"], "TIMESTAMPTZ(3)"),
        ("postgresql", "Decimal", ["12", "2"], "DECIMAL(12,2)"),
        ("postgresql", "Decimal", [], "DECIMAL"),
        ("postgresql", "DoublePrecision", [], "DOUBLE PRECISION"),
        ("postgresql", "Uuid", [], "UUID"),
        ("cockroachdb", "CatalogSingleChar", [], '"char"'),
        ("mysql", "Decimal", ["12", "2"], "DECIMAL(12, 2)"),
        ("mysql", "UnsignedBigInt", [], "BIGINT UNSIGNED"),
        ("sqlserver", "NVarChar", ["Max"], "NVARCHAR(max)"),
        ("sqlite", "Text", [], ""),
        ("postgresql", "Nope", [], ""),
    ],
)
def test_native_sql(provider: str, name: str, args: list[str], sql: str) -> None:
    assert c.native_sql(provider, name, args) == sql


def test_mysql_boolean_in_a_tinyint() -> None:
    assert c.native_sql("mysql", "TinyInt", scalar="Boolean") == "BOOLEAN"
    assert c.native_sql("mysql", "TinyInt", scalar="Int") == "TINYINT"


def test_known_attributes() -> None:
    everything = {name.lstrip("@") for name in c.ATTRIBUTES} | {"foo", "db", "ID"}
    places: dict[c.Place, str] = {
        "field": "id unique default relation updatedAt map ignore shardKey",
        "relation": "id unique default relation map ignore",
        "type_field": "default map",
        "model": "id unique index fulltext map ignore schema shardKey",
        "view": "id unique index fulltext map ignore schema shardKey",
        "enum": "map schema",
        "value": "map",
    }
    for place, names in places.items():
        assert {name for name in everything if c.known_attribute(name, place)} == set(names.split())
    assert c.known_attribute("foo", "type"), "Prisma has another complaint there"


def test_attributes_hang_together() -> None:
    blocks = {"model", "view", "type", "enum"}
    for name, attribute in c.ATTRIBUTES.items():
        assert attribute.name == name
        assert all((place in blocks) == name.startswith("@@") for place in attribute.places)
        assert [a.positional for a in attribute.arguments].count(True) <= 1
        assert not any(a.positional for a in attribute.arguments[1:])


def test_functions() -> None:
    assert c.function_scalars("autoincrement", "postgresql") == ("Int", "BigInt")
    assert c.function_scalars("autoincrement", "cockroachdb") == ("BigInt",)
    assert c.function_scalars("autoincrement", "mongodb") == ()
    assert c.function_scalars("sequence", "postgresql") == ()
    assert c.function_scalars("dbgenerated", "mongodb") == ()
    assert c.function_scalars("auto", "mongodb") == ("String", "Bytes")
    assert c.function_scalars("nope", "mysql") == ()
    assert {f.produced_by for f in c.FUNCTIONS.values() if f.context == "default"} == {
        "client",
        "database",
        "both",
    }
    assert c.FUNCTIONS["uuid"].produced_by == "client"
    assert c.FUNCTIONS["dbgenerated"].produced_by == "database"


def test_actions() -> None:
    everything = ("Cascade", "Restrict", "NoAction", "SetNull", "SetDefault")
    assert tuple(c.ACTIONS) == everything
    assert c.ACTIONS["SetNull"].sql == "SET NULL"
    for provider in ("postgresql", "cockroachdb", "mysql", "sqlite"):
        assert c.supported_actions(provider, "foreignKeys") == everything
    assert "Restrict" not in c.supported_actions("sqlserver", "foreignKeys")
    assert "Restrict" in c.supported_actions("sqlserver", "prisma")
    assert "NoAction" not in c.supported_actions("postgresql", "prisma")
    assert "NoAction" not in c.supported_actions("sqlite", "prisma")
    assert "NoAction" in c.supported_actions("cockroachdb", "prisma")
    for provider in c.PROVIDERS:
        assert "SetDefault" not in c.supported_actions(provider, "prisma")


def test_default_actions() -> None:
    assert c.default_action("onDelete", True, "postgresql", "foreignKeys") == "Restrict"
    assert c.default_action("onDelete", False, "postgresql", "foreignKeys") == "SetNull"
    assert c.default_action("onDelete", True, "sqlserver", "foreignKeys") == "NoAction"
    assert c.default_action("onDelete", True, "sqlserver", "prisma") == "Restrict"
    for provider in c.PROVIDERS:
        mode = c.default_relation_mode(provider)
        assert c.default_action("onUpdate", True, provider, mode) == "Cascade"
        for required in (True, False):
            assert c.default_action("onDelete", required, provider, mode) in c.supported_actions(provider, mode)


def test_indexes() -> None:
    assert set(c.INDEX_TYPES["postgresql"]) == {
        "BTree",
        "Hash",
        "Gist",
        "Gin",
        "SpGist",
        "Brin",
    }
    assert set(c.INDEX_TYPES["cockroachdb"]) == {"BTree", "Gin"}
    assert set(c.OPERATOR_CLASSES) < set(c.INDEX_TYPES["postgresql"])
    assert set(c.SORT_ORDERS) == {"Asc", "Desc"}


def test_preview_features() -> None:
    assert "views" in c.active_preview_features(None)
    assert "fullTextSearchPostgres" in c.active_preview_features("postgresql")
    assert "fullTextSearchPostgres" not in c.active_preview_features("cockroachdb")
    assert list(c.active_preview_features("postgresql")) == sorted(c.active_preview_features("postgresql"))
    assert c.PREVIEW_FEATURES["fullTextSearch"].renamed == {"postgresql": "fullTextSearchPostgres"}
    views = c.preview_feature("VIEWS")
    assert views is not None
    assert views.name == "views"
    assert c.preview_feature("metrics") is None


def test_properties() -> None:
    known = set(c.DATASOURCE_PROPERTIES)
    assert set(c.REMOVED_DATASOURCE_PROPERTIES) < known
    assert set(c.DEPRECATED_DATASOURCE_PROPERTIES) < known
    assert set(c.DATASOURCE_PROPERTY_PROVIDERS) < known
    assert {"provider", "output", "previewFeatures"} < set(c.GENERATOR_PROPERTIES)


def test_importing_it_needs_only_the_standard_library() -> None:
    code = (
        "import sys, prisma_lsp.schema; before = set(sys.modules); import prisma_lsp.schema.catalogue;"
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert loaded <= set(sys.stdlib_module_names) | {"prisma_lsp"}
