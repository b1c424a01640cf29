ALTER TABLE signing_keys ADD COLUMN signs_from BIGINT NOT NULL DEFAULT 0;

ALTER TABLE signing_keys ADD COLUMN replaced_at BIGINT;

UPDATE signing_keys SET signs_from = created_at;

CREATE UNIQUE INDEX signing_keys_newest ON signing_keys (pool_id, algorithm) WHERE replaced_at IS NULL;
CREATE INDEX signing_keys_by_age ON signing_keys (signs_from) WHERE replaced_at IS NULL;
CREATE INDEX signing_keys_replaced ON signing_keys (replaced_at) WHERE replaced_at IS NOT NULL;
