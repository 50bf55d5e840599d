-- What operators do to the centre itself.

-- name: schema_ops

-- Which roles are to stand still. A role without a row runs.
CREATE TABLE IF NOT EXISTS role_wishes (
    role TEXT NOT NULL PRIMARY KEY,
    stopped BIGINT NOT NULL,
    wished_by TEXT NOT NULL,
    wished_ms BIGINT NOT NULL
);
