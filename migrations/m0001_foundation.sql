CREATE TABLE installation (
    id BIGINT PRIMARY KEY,
    key_check TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE pools (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    domain TEXT NOT NULL UNIQUE,
    issuer TEXT NOT NULL UNIQUE,
    settings TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE clients (
    pool_id TEXT NOT NULL REFERENCES pools (id),
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    redirect_uris TEXT NOT NULL,
    post_logout_redirect_uris TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, id)
);

CREATE TABLE client_secrets (
    pool_id TEXT NOT NULL,
    id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    sealed TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT,
    PRIMARY KEY (pool_id, id),
    FOREIGN KEY (pool_id, client_id) REFERENCES clients (pool_id, id)
);

CREATE INDEX client_secrets_by_client ON client_secrets (pool_id, client_id);

CREATE TABLE signing_keys (
    pool_id TEXT NOT NULL REFERENCES pools (id),
    id TEXT NOT NULL,
    algorithm TEXT NOT NULL,
    public_jwk TEXT NOT NULL,
    private_sealed TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, id)
);

CREATE TABLE users (
    pool_id TEXT NOT NULL REFERENCES pools (id),
    id TEXT NOT NULL,
    name TEXT,
    language TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    disabled_at BIGINT,
    PRIMARY KEY (pool_id, id)
);

CREATE TABLE authenticators (
    pool_id TEXT NOT NULL,
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    proved_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, id),
    UNIQUE (pool_id, kind, value),
    FOREIGN KEY (pool_id, user_id) REFERENCES users (pool_id, id)
);

CREATE INDEX authenticators_by_user ON authenticators (pool_id, user_id);

CREATE TABLE sign_ins (
    pool_id TEXT NOT NULL,
    id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    door TEXT NOT NULL,
    browser TEXT NOT NULL,
    request TEXT NOT NULL,
    language TEXT NOT NULL,
    phone TEXT,
    challenge_id TEXT,
    proofs TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (pool_id, id),
    FOREIGN KEY (pool_id, client_id) REFERENCES clients (pool_id, id)
);

CREATE INDEX sign_ins_by_expiry ON sign_ins (expires_at);

CREATE TABLE challenges (
    pool_id TEXT NOT NULL,
    id TEXT NOT NULL,
    sign_in_id TEXT NOT NULL,
    phone TEXT NOT NULL,
    code_hash TEXT NOT NULL,
    tries_allowed BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (pool_id, id)
);

CREATE INDEX challenges_by_expiry ON challenges (expires_at);

CREATE TABLE messages (
    pool_id TEXT NOT NULL,
    id TEXT NOT NULL UNIQUE,
    challenge_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    recipient TEXT NOT NULL,
    language TEXT NOT NULL,
    code_sealed TEXT,
    state TEXT NOT NULL,
    failure_class TEXT,
    failure_code BIGINT,
    provider_message_id TEXT,
    attempts BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    lease_until BIGINT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    accepted_at BIGINT,
    sent_at BIGINT,
    delivered_at BIGINT,
    read_at BIGINT,
    failed_at BIGINT,
    PRIMARY KEY (pool_id, id)
);

CREATE INDEX messages_by_challenge ON messages (pool_id, challenge_id);
CREATE INDEX messages_due ON messages (due_at) WHERE state = 'queued';
CREATE INDEX messages_leased ON messages (lease_until) WHERE state = 'sending';
CREATE INDEX messages_sealed ON messages (expires_at) WHERE code_sealed IS NOT NULL;
CREATE INDEX messages_by_provider_id ON messages (provider_message_id) WHERE provider_message_id IS NOT NULL;
CREATE INDEX messages_by_age ON messages (created_at);

CREATE TABLE webhook_events (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    received_at BIGINT NOT NULL
);

CREATE INDEX webhook_events_by_age ON webhook_events (received_at);

CREATE TABLE method_failures (
    pool_id TEXT NOT NULL,
    method TEXT NOT NULL,
    subject TEXT NOT NULL,
    failures BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, method, subject)
);

CREATE TABLE number_sends (
    number TEXT PRIMARY KEY,
    history TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);

CREATE INDEX number_sends_by_age ON number_sends (changed_at);

CREATE TABLE counters (
    name TEXT NOT NULL,
    window_start BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    PRIMARY KEY (name, window_start)
);

CREATE INDEX counters_by_age ON counters (window_start);

CREATE TABLE sessions (
    pool_id TEXT NOT NULL,
    id TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    user_id TEXT NOT NULL,
    assurance TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (pool_id, id),
    UNIQUE (pool_id, token_hash),
    FOREIGN KEY (pool_id, user_id) REFERENCES users (pool_id, id)
);

CREATE INDEX sessions_by_user ON sessions (pool_id, user_id);
CREATE INDEX sessions_by_age ON sessions (used_at);

CREATE TABLE grants (
    pool_id TEXT NOT NULL,
    id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    scopes TEXT NOT NULL,
    nonce TEXT,
    assurance TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    PRIMARY KEY (pool_id, id),
    FOREIGN KEY (pool_id, client_id) REFERENCES clients (pool_id, id),
    FOREIGN KEY (pool_id, user_id) REFERENCES users (pool_id, id)
);

CREATE INDEX grants_by_user ON grants (pool_id, user_id);
CREATE INDEX grants_by_expiry ON grants (expires_at);

CREATE TABLE authorization_codes (
    pool_id TEXT NOT NULL,
    code_hash TEXT NOT NULL,
    grant_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    request TEXT NOT NULL,
    assurance TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    claimed_at BIGINT,
    PRIMARY KEY (pool_id, code_hash),
    FOREIGN KEY (pool_id, client_id) REFERENCES clients (pool_id, id),
    FOREIGN KEY (pool_id, user_id) REFERENCES users (pool_id, id)
);

CREATE INDEX authorization_codes_by_expiry ON authorization_codes (expires_at);

CREATE TABLE refresh_tokens (
    pool_id TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    grant_id TEXT NOT NULL,
    issued_at BIGINT NOT NULL,
    superseded_at BIGINT,
    successor_hash TEXT,
    successor_sealed TEXT,
    PRIMARY KEY (pool_id, token_hash),
    FOREIGN KEY (pool_id, grant_id) REFERENCES grants (pool_id, id)
);

CREATE INDEX refresh_tokens_by_grant ON refresh_tokens (pool_id, grant_id);
