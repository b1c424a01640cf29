ALTER TABLE messages ADD COLUMN sending_at BIGINT;
ALTER TABLE messages ADD COLUMN verified_at BIGINT;
ALTER TABLE messages ADD COLUMN disowned_at BIGINT;
ALTER TABLE sign_ins ADD COLUMN disowned_at BIGINT;
ALTER TABLE messages ADD COLUMN billable BIGINT;
ALTER TABLE messages ADD COLUMN price_category TEXT;
CREATE INDEX messages_by_recipient ON messages (pool_id, recipient, created_at)
