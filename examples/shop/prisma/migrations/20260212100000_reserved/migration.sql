-- deliberate: a rename, as Prisma Migrate writes it; what was reserved would be forgotten
-- AlterTable
ALTER TABLE "stock_levels" DROP COLUMN "reserved_quantity",
ADD COLUMN     "reserved" INTEGER NOT NULL DEFAULT 0;
