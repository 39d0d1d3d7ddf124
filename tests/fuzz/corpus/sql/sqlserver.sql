-- sqlserver
BEGIN TRY
EXEC sp_rename N'a.b', 'c', 'COLUMN'
GO
CREATE TABLE [a]]b] (x INT CONSTRAINT [y] DEFAULT ((1)))
go
