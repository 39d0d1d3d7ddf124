"""What Prisma itself rejects, in our own words."""
