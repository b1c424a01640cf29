//! What an installation may have written between two changes: after each change rows in its tables, with its columns.

/// The statements for each change, in the order of the changes.
pub const SEEDS: [&[&str]; 13] = [
    FOUNDATION,
    KEY_ROTATION,
    CLIENT_DELETION,
    MESSAGE_TIMELINE,
    SENDERS,
    LIMITS,
    CHANNELS,
    MAILBOXES,
    NETWORKS,
    INSTALLATION_ALERTS,
    OPEN_MESSAGES,
    WAITING_MESSAGES,
    COUNTED_STARTS,
];

const FOUNDATION: &[&str] = &[
    "INSERT INTO installation (id, key_check, created_at) VALUES (1, 'check', 1)",
    "INSERT INTO pools (id, name, domain, issuer, settings, created_at) \
     VALUES ('p', 'Shop', 'shop', 'https://id.example.com/shop', '{}', 2)",
    "INSERT INTO clients (pool_id, id, name, kind, redirect_uris, post_logout_redirect_uris, created_at) \
     VALUES ('p', 'c', 'Web', 'web', '[\"https://shop.example/cb\"]', '[]', 3)",
    "INSERT INTO client_secrets (pool_id, id, client_id, sealed, created_at, revoked_at) \
     VALUES ('p', 's', 'c', 'sealed', 4, 5)",
    "INSERT INTO signing_keys (pool_id, id, algorithm, public_jwk, private_sealed, created_at) \
     VALUES ('p', 'one', 'RS256', '{}', 'sealed', 6), ('p', 'two', 'ES256', '{}', 'sealed', 7)",
    "INSERT INTO users (pool_id, id, name, language, created_at, updated_at, disabled_at) \
     VALUES ('p', 'u', 'Ana', 'es', 8, 9, 10)",
    "INSERT INTO authenticators (pool_id, id, user_id, kind, value, created_at, proved_at) \
     VALUES ('p', 'a', 'u', 'phone', '+34600000000', 11, 12)",
    "INSERT INTO sign_ins (pool_id, id, client_id, door, browser, request, language, phone, challenge_id, proofs, \
     created_at, expires_at, finished_at) \
     VALUES ('p', 'i', 'c', 'page', 'b', '{}', 'es', '+34600000000', 'h', '[]', 13, 14, 15)",
    "INSERT INTO challenges (pool_id, id, sign_in_id, phone, code_hash, tries_allowed, tries, created_at, \
     expires_at, ended_at) VALUES ('p', 'h', 'i', '+34600000000', 'hash', 5, 1, 16, 17, 18)",
    "INSERT INTO messages (pool_id, id, challenge_id, channel, recipient, language, code_sealed, state, \
     failure_class, failure_code, provider_message_id, attempts, due_at, lease_until, created_at, expires_at, \
     accepted_at, sent_at, delivered_at, read_at, failed_at) \
     VALUES ('p', 'm', 'h', 'whatsapp', '+34600000000', 'es', 'sealed', 'failed', 'try_later', 131000, 'wamid', \
     1, 19, 20, 21, 22, 23, 24, 25, 26, 27)",
    "INSERT INTO webhook_events (id, kind, body, received_at) VALUES ('e', 'status', '{}', 28)",
    "INSERT INTO method_failures (pool_id, method, subject, failures, changed_at) \
     VALUES ('p', 'code', '+34600000000', 2, 29)",
    "INSERT INTO number_sends (number, history, changed_at) VALUES ('+34600000000', '[30]', 31)",
    "INSERT INTO counters (name, window_start, amount) VALUES ('starts', 32, 3)",
    "INSERT INTO sessions (pool_id, id, token_hash, user_id, assurance, created_at, used_at, ended_at) \
     VALUES ('p', 'n', 'hash', 'u', '{}', 33, 34, 35)",
    "INSERT INTO grants (pool_id, id, client_id, user_id, session_id, scopes, nonce, assurance, created_at, \
     expires_at, revoked_at) VALUES ('p', 'g', 'c', 'u', 'n', 'openid', 'nonce', '{}', 36, 37, 38)",
    "INSERT INTO authorization_codes (pool_id, code_hash, grant_id, client_id, user_id, session_id, request, \
     assurance, created_at, expires_at, claimed_at) \
     VALUES ('p', 'hash', 'g', 'c', 'u', 'n', '{}', '{}', 39, 40, 41)",
    "INSERT INTO refresh_tokens (pool_id, token_hash, grant_id, issued_at, superseded_at, successor_hash, \
     successor_sealed) VALUES ('p', 'hash', 'g', 42, 43, 'next', 'sealed')",
];

const KEY_ROTATION: &[&str] =
    &["INSERT INTO signing_keys (pool_id, id, algorithm, public_jwk, private_sealed, \
     created_at, signs_from, replaced_at) VALUES ('p', 'old', 'RS256', '{}', 'sealed', 44, 45, 46)"];

const CLIENT_DELETION: &[&str] = &["INSERT INTO clients (pool_id, id, name, kind, redirect_uris, \
     post_logout_redirect_uris, created_at, deleted_at) VALUES ('p', 'd', 'Gone', 'spa', '[]', '[]', 47, 48)"];

const MESSAGE_TIMELINE: &[&str] = &[
    "INSERT INTO sign_ins (pool_id, id, client_id, door, browser, request, language, proofs, created_at, \
     expires_at, disowned_at) VALUES ('p', 'i4', 'c', 'page', 'b', '{}', 'es', '[]', 49, 50, 51)",
    "INSERT INTO messages (pool_id, id, challenge_id, channel, recipient, language, state, attempts, due_at, \
     created_at, expires_at, sending_at, verified_at, disowned_at, billable, price_category) \
     VALUES ('p', 'm4', 'h4', 'whatsapp', '+34600000000', 'es', 'read', 1, 52, 53, 54, 55, 56, 57, 1, \
     'authentication')",
];

const SENDERS: &[&str] = &[
    "INSERT INTO senders (pool_id, id, name, phone_number_id, waba_id, template, standby_template, \
     access_token_sealed, app_secret_sealed, app_secret_previous_sealed, verify_token_hash, live_at, created_at, \
     changed_at) VALUES ('p', 'w', 'Own', '106', '102', 'code', 'standby', 'sealed', 'sealed', 'sealed', 'hash', \
     58, 59, 60)",
    "INSERT INTO template_states (waba_id, name, language, status, reason, quality, changed_at) \
     VALUES ('102', 'code', 'es', 'PAUSED', 'LOW_QUALITY', 'RED', 61)",
    "INSERT INTO sender_webhooks (phone_number_id, seen_at) VALUES ('106', 62)",
    "INSERT INTO messages (pool_id, id, challenge_id, channel, recipient, language, state, attempts, due_at, \
     created_at, expires_at, sender_id) \
     VALUES ('p', 'm5', 'h5', 'whatsapp', '+34600000000', 'es', 'queued', 0, 63, 64, 65, 'w')",
];

const LIMITS: &[&str] = &[
    "INSERT INTO prefix_traffic (pool_id, prefix, window_start, sent, verified) VALUES ('p', '+3460', 66, 7, 5)",
    "INSERT INTO limit_alerts (pool_id, kind, subject, window_start, percent, amount, most, raised_at) \
     VALUES ('p', 'messages_hour', '', 67, 80, 80, 100, 68)",
    "INSERT INTO spent_proofs (pool_id, proof, expires_at) VALUES ('p', 'proof', 69)",
    "INSERT INTO refusals (pool_id, reason, country, window_start, amount) VALUES ('p', 'wait', 'ES', 70, 2)",
];

const CHANNELS: &[&str] =
    &["INSERT INTO messages (pool_id, id, challenge_id, channel, recipient, language, state, \
     attempts, due_at, created_at, expires_at, chosen, fallback_at) \
     VALUES ('p', 'm7', 'h5', 'sms', '+34600000000', 'es', 'sent', 1, 71, 72, 73, 1, 74)"];

const MAILBOXES: &[&str] = &[
    "INSERT INTO users (pool_id, id, name, language, created_at, updated_at, email) \
     VALUES ('p', 'u8', 'Eva', 'es', 75, 76, 'eva@shop.example')",
    "INSERT INTO authenticators (pool_id, id, user_id, kind, value, created_at, proved_at, identity_key_hash) \
     VALUES ('p', 'a8', 'u8', 'phone', '+34600000008', 77, 78, 'DF2lS5v2W6x=')",
    "INSERT INTO messages (pool_id, id, challenge_id, channel, recipient, language, state, attempts, due_at, \
     created_at, expires_at, known_device, identity_key_hash) \
     VALUES ('p', 'm8', 'h8', 'email', '+34600000008', 'es', 'accepted', 1, 79, 80, 81, 1, 'DF2lS5v2W6x=')",
];

const NETWORKS: &[&str] = &[
    "INSERT INTO challenges (pool_id, id, sign_in_id, phone, code_hash, tries_allowed, tries, \
     created_at, expires_at, network) VALUES ('p', 'h9', 'i', '+34600000000', 'hash', 5, 0, 82, 83, '203.0.113.0/24')",
];

const INSTALLATION_ALERTS: &[&str] = &["INSERT INTO installation_alerts (kind, subject, amount, raised_at) \
     VALUES ('sender_out_of_order', 'shared 190', 190, 84)"];
/// Nothing but an index.
const OPEN_MESSAGES: &[&str] = &[];

const WAITING_MESSAGES: &[&str] = &[];

const COUNTED_STARTS: &[&str] =
    &["INSERT INTO counters (name, window_start, amount) VALUES ('starts from 203.0.113.9', 85, 3)"];
