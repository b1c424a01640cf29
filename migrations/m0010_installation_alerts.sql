CREATE TABLE installation_alerts (
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    amount BIGINT NOT NULL,
    raised_at BIGINT NOT NULL,
    PRIMARY KEY (kind, subject)
)
