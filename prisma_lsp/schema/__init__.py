"""The immutable view of all blocks of all files of one schema, and what Prisma knows."""
