CREATE INDEX messages_waiting ON messages (sender_id, due_at) WHERE state = 'queued'
