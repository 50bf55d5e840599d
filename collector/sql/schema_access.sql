-- Who may sign in, and with which tokens. Times are milliseconds since 1970 UTC.

-- name: schema_access

-- cart is a vendor's plate; password is an Argon2id string.
CREATE TABLE IF NOT EXISTS users (
    name TEXT PRIMARY KEY,
    role TEXT NOT NULL,
    cart TEXT,
    password TEXT NOT NULL,
    created_ms BIGINT NOT NULL
);

-- hash is SHA-256 of the token, hexadecimal; id is what an admin calls it by. owner is the user who
-- signed in; null for a token that stands for no user. expires_ms of a token without end is 2^63-1.
CREATE TABLE IF NOT EXISTS tokens (
    hash TEXT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    owner TEXT,
    role TEXT NOT NULL,
    cart TEXT,
    created_ms BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL
);

CREATE INDEX IF NOT EXISTS tokens_by_owner ON tokens (owner);

-- Accounts that somebody tried of late, whether or not there is such a user. until_ms: blocked until
-- then; 0: not blocked, or the end of the block has been told. Attempts up to forgiven_ms do not
-- count any more: they led to a block, or an operator lifted one.
CREATE TABLE IF NOT EXISTS login_accounts (
    name TEXT NOT NULL PRIMARY KEY,
    since_ms BIGINT NOT NULL,
    until_ms BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    forgiven_ms BIGINT NOT NULL,
    touched_ms BIGINT NOT NULL
);
CREATE INDEX IF NOT EXISTS login_accounts_by_end ON login_accounts (until_ms) WHERE until_ms > 0;
CREATE INDEX IF NOT EXISTS login_accounts_by_touch ON login_accounts (touched_ms);

-- Attempts to sign in that count, for as long as one may be of consequence.
CREATE TABLE IF NOT EXISTS login_attempts (
    id TEXT NOT NULL PRIMARY KEY,
    user_name TEXT NOT NULL,
    at_ms BIGINT NOT NULL
);
CREATE INDEX IF NOT EXISTS login_attempts_by_user ON login_attempts (user_name, at_ms);
CREATE INDEX IF NOT EXISTS login_attempts_by_time ON login_attempts (at_ms);

-- What users did. `id` counts up.
CREATE TABLE IF NOT EXISTS actions (
    id BIGINT NOT NULL PRIMARY KEY,
    time_ms BIGINT NOT NULL,
    user_name TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    details TEXT
);
CREATE INDEX IF NOT EXISTS actions_by_time ON actions (time_ms);

-- What a cart says of a day, for the rows of that day that the API shows.
CREATE INDEX IF NOT EXISTS cart_counts_by_day ON cart_counts (day, cart);
