-- What operators do to the centre itself.

-- name: schema_ops

-- Which roles are to stand still. A role without a row runs.
CREATE TABLE IF NOT EXISTS role_wishes (
    role TEXT NOT NULL PRIMARY KEY,
    stopped BIGINT NOT NULL,
    wished_by TEXT NOT NULL,
    wished_ms BIGINT NOT NULL
);

-- How long each partition of the dead letters was when it was last looked at.
CREATE TABLE IF NOT EXISTS dead_letter_ends (
    part BIGINT NOT NULL PRIMARY KEY,
    seen BIGINT NOT NULL
);

-- Synthetic records that were asked for, and how many are owed to Kafka or sent.
CREATE TABLE IF NOT EXISTS simulations (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    carts BIGINT NOT NULL,
    total BIGINT NOT NULL,
    seed BIGINT NOT NULL,
    started_ms BIGINT NOT NULL,
    produced BIGINT NOT NULL
);
