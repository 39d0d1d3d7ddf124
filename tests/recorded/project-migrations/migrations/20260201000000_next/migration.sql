ALTER TABLE "orders" /* 📦 */ DROP COLUMN "qty",
ADD COLUMN "quantity" INTEGER NOT NULL;
