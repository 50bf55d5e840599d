-- Step 10 of the outbox: of an order that the centre offers, the turn of its last word (0: none; a row of an
-- agent that knew no dispatch), the vendor's number for it, when an offer ends by the centre's time and when in
-- which boot it came, why it was taken away, and whether the vendor was told so. An agent that knows step 9
-- only leaves them alone.

-- name: outbox_step_10
ALTER TABLE orders ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN number INTEGER;
ALTER TABLE orders ADD COLUMN expires_ms INTEGER;
ALTER TABLE orders ADD COLUMN heard_boot TEXT;
ALTER TABLE orders ADD COLUMN heard_boot_ms INTEGER;
ALTER TABLE orders ADD COLUMN reason TEXT;
ALTER TABLE orders ADD COLUMN told INTEGER NOT NULL DEFAULT 1;
