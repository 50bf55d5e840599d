-- Step 29: a phone's token says which phone of its cart it is, so that it can be listed and ended.
-- Those of former releases have the token's id for a name.

-- name: store_step_29
ALTER TABLE tokens ADD COLUMN phone TEXT;
UPDATE tokens SET phone = id, cart = UPPER(name)
WHERE role = 'tracker' AND owner IS NULL AND cart IS NULL;
CREATE INDEX tokens_of_phones ON tokens (cart, created_ms, id) WHERE phone IS NOT NULL;
