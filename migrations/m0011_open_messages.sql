CREATE INDEX messages_open ON messages (state, expires_at) WHERE state IN ('queued', 'sending', 'accepted', 'sent', 'unknown')
