-- Step 15: whose carts are a member's, said once. A cart's level stands in stock_levels alone: `stock`, `stock_epoch`,
-- `stock_seq` and `stock_ms` of carts are neither read nor written from here on; a later release removes them.

-- name: store_step_15
CREATE VIEW member_carts AS
SELECT plate AS cart, decided_ms AS since_ms FROM members WHERE status = 'accepted';
CREATE INDEX members_accepted ON members (plate, decided_ms) WHERE status = 'accepted';
