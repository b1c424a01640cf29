ALTER TABLE clients ADD COLUMN deleted_at BIGINT;
