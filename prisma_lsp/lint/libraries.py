"""Tables that belong to a library for logins rather than to the house.

Better Auth and Auth.js read and write their tables through Prisma Client by fixed names, make the
ids themselves and set the dates themselves; a schema that renames or retypes what they rely on
breaks the login.  So on such a model these rules say nothing at all, whatever the application has
added to it: names (model, table, field and column, so that one table keeps one style), ids and
their native types, timestamps.  Rules whose fixes the library cannot notice (indexes) still speak;
rules about relations speak unless the relation leads from one of the library's tables to another.

The tables are known by their fields, since models and tables may be renamed in the library's
configuration; where `package.json` names the library, less evidence is enough.  The tables of SAML
Jackson have names that nobody else takes.
"""

from __future__ import annotations

from prisma_lsp.schema import catalogue
from prisma_lsp.schema.declarations import Field, Model
from prisma_lsp.schema.schema import Questions
from prisma_lsp.syntax.memory import remembered

BETTER_AUTH = "Better Auth"
AUTH_JS = "Auth.js"
JACKSON = "SAML Jackson"

# What package.json calls them.
_PACKAGES = {"better-auth": BETTER_AUTH, "next-auth": AUTH_JS}

_JACKSON_TABLES = ("jackson_store", "jackson_index", "jackson_ttl")

# A table is the library's when it has all of a row's fields, given in small letters without
# underscores, and a name that contains the word; earlier rows win.
_TABLES = (
    (AUTH_JS, "", {"provideraccountid", "provider"}),
    (AUTH_JS, "", {"provideraccountid", "providerid"}),
    (AUTH_JS, "", {"provideraccountid", "credentialid"}),
    (AUTH_JS, "", {"sessiontoken", "expires"}),
    (AUTH_JS, "verif", {"identifier", "token", "expires"}),
    (BETTER_AUTH, "", {"providerid", "accountid"}),
    (BETTER_AUTH, "session", {"token", "expiresat"}),
    (BETTER_AUTH, "verif", {"identifier", "value", "expiresat"}),
    (BETTER_AUTH, "oauth", {"clientid", "scopes", "referenceid"}),
    (BETTER_AUTH, "oauth", {"clientid", "resourceid"}),
    (BETTER_AUTH, "oauth", {"identifier", "allowedscopes"}),
    (BETTER_AUTH, "jwk", {"publickey", "privatekey"}),
    (BETTER_AUTH, "twofactor", {"secret", "backupcodes"}),
)  # fmt: skip

# The tables of Better Auth's plugins: only where package.json names the library, or where a user
# that is the library's belongs to the row.
_PLUGIN_TABLES = (
    (BETTER_AUTH, "passkey", {"credentialid", "publickey", "counter"}),
    (BETTER_AUTH, "invitation", {"inviterid", "organizationid", "expiresat"}),
    (BETTER_AUTH, "member", {"organizationid", "userid", "role"}),
    (BETTER_AUTH, "organization", {"name", "slug", "logo", "metadata"}),
    (BETTER_AUTH, "key", {"refillinterval", "ratelimitenabled"}),
    (BETTER_AUTH, "limit", {"key", "count", "lastrequest"}),
    (BETTER_AUTH, "application", {"clientid", "clientsecret", "redirecturls"}),
    (BETTER_AUTH, "token", {"clientid", "accesstoken", "refreshtoken"}),
    (BETTER_AUTH, "consent", {"clientid", "consentgiven"}),
    (BETTER_AUTH, "oauth", {"clientid", "redirecturis", "tokenendpointauthmethod"}),
    (BETTER_AUTH, "device", {"devicecode", "usercode"}),
)  # fmt: skip

_USER = "user?"


def kept_by_library(model: Model, context: Questions) -> str | None:
    """The library's name ("Better Auth", "Auth.js" …) where ``model`` is one of its tables."""
    own = _by_fields(model)
    if own is not None and own != _USER:
        return own
    environment = getattr(context, "environment", None)
    package = _PACKAGES.get(environment.auth_library or "") if environment is not None else None
    if own is None:
        if not _is_plugin_table(model):
            return None
        if package == BETTER_AUTH:
            return BETTER_AUTH
        return BETTER_AUTH if _hangs_on_library(model, context) else None
    return _library_of_user(model, context) or package


def _hangs_on_library(model: Model, context: Questions, *, ask_members: bool = True) -> bool:
    """Whether a row belongs to a user of Better Auth's, or (an organization) has members who do."""
    for field in model.all_fields:
        is_members = ask_members and field.is_list and "member" in field.type_name.lower()
        if not field.key and not is_members:
            continue
        other = context.model(field.type_name)
        if other is None or other.name == model.name:
            continue
        if field.key and _by_fields(other) == _USER and _library_of_user(other, context) == BETTER_AUTH:
            return True
        if is_members and _is_plugin_table(other) and _hangs_on_library(other, context, ask_members=False):
            return True
    return False


def _library_of_user(model: Model, context: Questions) -> str | None:
    """The user's own fields say little; that its sessions or accounts are the library's says enough."""
    for field in model.all_fields:
        if _may_be_login(field):
            other = context.model(field.type_name)
            library = _by_fields(other) if other is not None else None
            if library is not None and library != _USER:
                return library
    return None


def is_library_relation(field: Field, context: Questions) -> bool:
    """Whether a relation field leads from one of a library's tables to another."""
    if kept_by_library(field.owner, context) is None:
        return False
    other = context.model(field.type_name)
    return other is not None and kept_by_library(other, context) is not None


# A model's rules run one after the other, so a few are enough to remember.
@remembered(64)
def _by_fields(model: Model) -> str | None:
    """The library whose table this is by its own fields; `_USER` where it may be one's user."""
    if model.kind != "model":
        return None
    if model.name in _JACKSON_TABLES or model.database_name in _JACKSON_TABLES:
        return JACKSON
    library = _find(model, _TABLES)
    if library is not None:
        return library
    return _USER if "emailverified" in _names(model) else None


@remembered(64)
def _is_plugin_table(model: Model) -> bool:
    return _find(model, _PLUGIN_TABLES) is not None


def _find(model: Model, tables: tuple[tuple[str, str, set[str]], ...]) -> str | None:
    names = _names(model)
    title = _plain(model.name) + " " + _plain(model.database_name)
    for library, word, fields in tables:
        if fields <= names and word in title:
            return library
    return None


@remembered(64)
def _names(model: Model) -> frozenset[str]:
    """The names of the fields and of their columns, in small letters without underscores."""
    fields = [f for f in model.all_fields if f.type_name in catalogue.SCALARS]
    found = {_plain(name) for f in fields for name in (f.name, f.column)}
    for problem in model.block.problems:
        # A field that is being typed is still the library's.
        first = model.block.lines[problem.line].split()[:1]
        found.update("".join(filter(str.isalnum, word)).lower() for word in first)
    return frozenset(found)


def _may_be_login(field: Field) -> bool:
    name = field.type_name.lower()
    return "session" in name or "account" in name


def _plain(name: str) -> str:
    return name.replace("_", "").lower()
