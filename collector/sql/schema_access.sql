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

-- hash is SHA-256 of the token, hexadecimal. owner is the user who signed in; null for a token
-- that stands for no user. expires_ms of a token without end is 2^63-1.
CREATE TABLE IF NOT EXISTS tokens (
    hash TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    owner TEXT,
    role TEXT NOT NULL,
    cart TEXT,
    created_ms BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL
);

CREATE INDEX IF NOT EXISTS tokens_by_owner ON tokens (owner);

-- Accounts that are blocked after too many attempts, whether or not there is such a user.
CREATE TABLE IF NOT EXISTS blocks (
    name TEXT PRIMARY KEY,
    since_ms BIGINT NOT NULL,
    until_ms BIGINT NOT NULL,
    attempts BIGINT NOT NULL
);

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
