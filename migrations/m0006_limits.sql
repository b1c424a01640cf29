CREATE TABLE prefix_traffic (
    pool_id TEXT NOT NULL,
    prefix TEXT NOT NULL,
    window_start BIGINT NOT NULL,
    sent BIGINT NOT NULL,
    verified BIGINT NOT NULL,
    PRIMARY KEY (pool_id, prefix, window_start)
);

CREATE INDEX prefix_traffic_by_age ON prefix_traffic (window_start);

CREATE TABLE limit_alerts (
    pool_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    window_start BIGINT NOT NULL,
    percent BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    most BIGINT NOT NULL,
    raised_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, kind, subject, window_start, percent)
);

CREATE INDEX limit_alerts_by_pool ON limit_alerts (pool_id, raised_at);
CREATE INDEX limit_alerts_by_age ON limit_alerts (raised_at);

CREATE TABLE spent_proofs (
    pool_id TEXT NOT NULL,
    proof TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, proof)
);

CREATE INDEX spent_proofs_by_expiry ON spent_proofs (expires_at);

CREATE TABLE refusals (
    pool_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    country TEXT NOT NULL,
    window_start BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    PRIMARY KEY (pool_id, reason, country, window_start)
);

CREATE INDEX refusals_by_age ON refusals (window_start)
