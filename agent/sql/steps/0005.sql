-- Step 5 of the outbox: when in its boot a receipt was made, as long as no `clock` event has said when that
-- boot was; what that event said; and up to which event all this is kept. An agent that knows step 4 only
-- leaves it alone: its events are found by their numbers, and made up for.

-- name: outbox_step_5
ALTER TABLE head ADD COLUMN clock_zero_ms INTEGER;
ALTER TABLE head ADD COLUMN effects_seq INTEGER;
ALTER TABLE receipts ADD COLUMN boot TEXT;
ALTER TABLE receipts ADD COLUMN boot_ms INTEGER;
CREATE INDEX IF NOT EXISTS receipts_by_boot ON receipts (boot) WHERE boot IS NOT NULL;
