ALTER TABLE users ADD COLUMN email TEXT;

ALTER TABLE messages ADD COLUMN known_device BIGINT NOT NULL DEFAULT 0;

ALTER TABLE messages ADD COLUMN identity_key_hash TEXT;

ALTER TABLE authenticators ADD COLUMN identity_key_hash TEXT
