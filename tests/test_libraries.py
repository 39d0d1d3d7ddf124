"""Which tables belong to an authentication library."""

from __future__ import annotations

import pytest

from prisma_lsp.lint.context import Context, Environment
from prisma_lsp.lint.libraries import is_library_relation, kept_by_library
from prisma_lsp.migrations import Migrations
from prisma_lsp.schema.declarations import Model
from prisma_lsp.schema.schema import Schema
from prisma_lsp.settings import Settings
from prisma_lsp.syntax import document

BETTER_AUTH = """
model User {
  id            String   @id
  email         String   @unique
  emailVerified Boolean
  plan          String
  teamId        String
  team          Team     @relation(fields: [teamId], references: [id])
  sessions      Session[]
  accounts      Account[]
}

model Session {
  id        String   @id
  expiresAt DateTime
  token     String   @unique
  userId    String
  user      User     @relation(fields: [userId], references: [id])
}

model Account {
  id         String @id
  accountId  String
  providerId String
  userId     String
  user       User   @relation(fields: [userId], references: [id])
}

model Verification {
  id         String   @id
  identifier String
  value      String
  expiresAt  DateTime
}

model Team {
  id    String @id
  users User[]
}
"""

AUTH_JS = """
model users {
  id             String    @id
  email_verified DateTime?
  user_sessions  user_sessions[]
}

model user_sessions {
  id            String   @id
  session_token String   @unique
  expires       DateTime
  user_id       String
  users         users    @relation(fields: [user_id], references: [id])
}

model Login {
  provider          String
  providerAccountId String @map("provider_account_id")

  @@id([provider, providerAccountId])
}

model VerificationToken {
  identifier String
  token      String   @unique
  expires    DateTime
}
"""

OWN = """
model User {
  id            String  @id
  emailVerified Boolean
  accounts      Account[]
}

model Account {
  id      String @id
  balance Int
  ownerId String
  owner   User   @relation(fields: [ownerId], references: [id])
}

model PasswordReset {
  id        String   @id
  token     String   @unique
  expiresAt DateTime
}

model GameSession {
  id        String   @id
  startedAt DateTime
  expiresAt DateTime
}

model Passkey {
  id           String @id
  credentialID String
  publicKey    String
  counter      Int
}

type Session {
  token     String
  expiresAt DateTime
}
"""


def context(text: str, package: str | None = None) -> Context:
    schema = Schema({"schema.prisma": document.read(text)})
    return Context(schema, Environment(Settings(), Migrations.none(), package))


def kept(text: str, package: str | None = None) -> dict[str, str]:
    asked = context(text, package)
    schema = Schema({"schema.prisma": document.read(text)})
    found = {}
    for declaration in schema.all_declarations():
        if isinstance(declaration, Model):
            library = kept_by_library(declaration, asked)
            if library is not None:
                found[declaration.name] = library
    return found


def test_better_auth_by_its_fields() -> None:
    assert kept(BETTER_AUTH) == dict.fromkeys(
        ("User", "Session", "Account", "Verification"), "Better Auth"
    )


def test_auth_js_by_its_fields_under_other_names() -> None:
    assert kept(AUTH_JS) == dict.fromkeys(
        ("users", "user_sessions", "Login", "VerificationToken"), "Auth.js"
    )


def test_saml_jackson_by_its_names() -> None:
    text = """
model jackson_store {
  key   String @id
  value String
}

model Expiry {
  key       String @id
  expiresAt BigInt

  @@map("jackson_ttl")
}

model JacksonPark {
  id String @id
}
"""
    assert kept(text) == dict.fromkeys(("jackson_store", "Expiry"), "SAML Jackson")


OAUTH = """
model oauthClient {
  id           String   @id
  clientId     String   @unique
  redirectUris String[]
  tokenEndpointAuthMethod String?
}

model oauthRefreshToken {
  id          String   @id
  token       String
  clientId    String
  referenceId String?
  scopes      String[]
}

model OAuthApp {
  id           String @id
  clientId     String @unique
  redirectUris Json
}
"""


def test_oauth_tables_of_better_auth() -> None:
    assert kept(OAUTH) == {"oauthRefreshToken": "Better Auth"}
    both = dict.fromkeys(("oauthClient", "oauthRefreshToken"), "Better Auth")
    assert kept(OAUTH, "better-auth") == both


def test_tables_of_our_own_with_similar_fields() -> None:
    assert kept(OWN) == {}


@pytest.mark.parametrize(
    ("package", "expected"),
    [
        ("better-auth", {"User": "Better Auth", "Passkey": "Better Auth"}),
        ("next-auth", {"User": "Auth.js"}),
        ("passport", {}),
    ],
)
def test_package_json_makes_less_evidence_enough(package: str, expected: dict[str, str]) -> None:
    assert kept(OWN, package) == expected


def test_only_relations_inside_the_library_are_the_librarys() -> None:
    asked = context(BETTER_AUTH)

    def relation(model: str, name: str) -> bool:
        field = asked.field(model, name)
        assert field is not None
        return is_library_relation(field, asked)

    assert relation("Session", "user")
    assert not relation("User", "team")
    assert not relation("Team", "users")


def test_nothing_is_asked_about_a_model_that_has_no_such_field() -> None:
    asked = context(BETTER_AUTH)
    team = asked.model("Team")
    assert team is not None
    asked.asked.clear()
    assert kept_by_library(team, asked) is None
    assert asked.asked == {}


def test_half_a_model() -> None:
    assert kept("model Session {\n  token\n  expiresAt DateTime\n}\n\nmodel {\n  emailVerified\n") == {}
