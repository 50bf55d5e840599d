-- Step 1 of the outbox: its tables as the first release made them, without a number and one by one,
-- so that a file may have only the first of them. Never changed any more; what changes is a step of its
-- own (docs/engineer.md, "To change a table").

-- name: outbox_step_1
CREATE TABLE IF NOT EXISTS head (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    epoch TEXT NOT NULL,
    session INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    last_receipt INTEGER NOT NULL,
    acked_seq INTEGER NOT NULL,
    stock INTEGER,
    lat REAL,
    lon REAL,
    fix_ms INTEGER,
    clock_boot TEXT,
    damaged_epoch TEXT,
    damaged_rows INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY,
    type INTEGER NOT NULL,
    bytes TEXT NOT NULL,
    ts_ms INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS receipts (
    receipt INTEGER PRIMARY KEY,
    day INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    amount INTEGER,
    voided INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS receipts_by_day ON receipts (day);
CREATE TABLE IF NOT EXISTS commands (
    id TEXT PRIMARY KEY,
    place INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS orders (
    id TEXT PRIMARY KEY,
    offer TEXT NOT NULL,
    status TEXT NOT NULL,
    at_ms INTEGER NOT NULL
);
