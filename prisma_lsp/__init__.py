"""A language server and linter for Prisma schemas."""

__version__ = "0.1.0"
