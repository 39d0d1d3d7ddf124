"""Migrations that change a live database in place, where Prisma Migrate would drop and re-create."""
