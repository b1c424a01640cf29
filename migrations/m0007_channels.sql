ALTER TABLE messages ADD COLUMN chosen BIGINT NOT NULL DEFAULT 0;

ALTER TABLE messages ADD COLUMN fallback_at BIGINT;

DROP INDEX messages_by_challenge;

CREATE UNIQUE INDEX messages_once ON messages (pool_id, challenge_id, channel);

CREATE INDEX messages_fallback ON messages (fallback_at) WHERE fallback_at IS NOT NULL
