-- Step 3 of the outbox: what the centre has set by the command `config`, so that it outlives a restart.
-- An agent that knows step 2 only leaves it alone.

-- name: outbox_step_3
CREATE TABLE IF NOT EXISTS config (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
);
