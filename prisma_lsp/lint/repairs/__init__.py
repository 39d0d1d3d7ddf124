"""Repairs of what Prisma rejects, by topic."""
