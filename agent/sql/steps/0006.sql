-- Step 6 of the outbox: running totals of its epoch, a row for each sale and void, which holds what all up to
-- it come to. The lowest row is where they begin: it holds nothing yet but the last receipt before them. An
-- agent that knows step 5 only leaves them alone: its events are found by head.effects_seq, and made up for.

-- name: outbox_step_6
CREATE TABLE IF NOT EXISTS totals (
    seq INTEGER PRIMARY KEY,
    receipt INTEGER NOT NULL,
    voided INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    amount INTEGER NOT NULL
);
