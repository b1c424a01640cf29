CREATE TABLE senders (
    pool_id TEXT NOT NULL REFERENCES pools (id),
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    phone_number_id TEXT NOT NULL UNIQUE,
    waba_id TEXT NOT NULL,
    template TEXT NOT NULL,
    standby_template TEXT,
    access_token_sealed TEXT NOT NULL,
    app_secret_sealed TEXT NOT NULL,
    app_secret_previous_sealed TEXT,
    verify_token_hash TEXT NOT NULL UNIQUE,
    live_at BIGINT,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, id)
);

CREATE INDEX senders_by_account ON senders (waba_id);

CREATE UNIQUE INDEX senders_live ON senders (pool_id) WHERE live_at IS NOT NULL;

CREATE TABLE template_states (
    waba_id TEXT NOT NULL,
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT,
    quality TEXT,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (waba_id, name, language)
);

CREATE TABLE sender_webhooks (
    phone_number_id TEXT PRIMARY KEY,
    seen_at BIGINT NOT NULL
);

ALTER TABLE messages ADD COLUMN sender_id TEXT NOT NULL DEFAULT 'shared';

DROP INDEX messages_due;

CREATE INDEX messages_due ON messages (due_at, sender_id) WHERE state = 'queued'
