-- Step 34: orders that find their cart (contract, section 5, "orders"). carts.listens: somebody at the
-- cart listens for offers. orders: place and pickup are the buyer's; held: an operator keeps it; turn
-- counts its offers and assignments; returns: how often a cart gave it back; offer_…: the open offer;
-- search_until_ms: fails then, and is null while a cart has it, while it is held, and in `auto`;
-- warned: order-failed was raised of it while it was on its way.

-- name: store_step_34
ALTER TABLE carts ADD COLUMN listens BIGINT NOT NULL DEFAULT 0;
CREATE INDEX carts_listening ON carts (cart) WHERE listens = 1;
ALTER TABLE orders ADD COLUMN place TEXT;
ALTER TABLE orders ADD COLUMN pickup BIGINT NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN held BIGINT NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN turn BIGINT NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN returns BIGINT NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN offer_cart TEXT;
ALTER TABLE orders ADD COLUMN offer_ms BIGINT;
ALTER TABLE orders ADD COLUMN offer_until_ms BIGINT;
ALTER TABLE orders ADD COLUMN search_until_ms BIGINT;
ALTER TABLE orders ADD COLUMN failed_reason TEXT;
ALTER TABLE orders ADD COLUMN warned BIGINT NOT NULL DEFAULT 0;
CREATE INDEX orders_waiting ON orders (received_ms, id)
WHERE search_until_ms IS NOT NULL AND offer_cart IS NULL;
CREATE INDEX orders_offer_ends ON orders (offer_until_ms) WHERE offer_until_ms IS NOT NULL;
CREATE INDEX orders_offered ON orders (offer_cart, quantity) WHERE offer_cart IS NOT NULL;
CREATE INDEX orders_carried ON orders (cart, quantity)
WHERE turn > 0 AND status IN ('preparando', 'entregando');
CREATE TABLE offers (
    order_id TEXT NOT NULL,
    turn BIGINT NOT NULL,
    cart TEXT NOT NULL,
    offered_ms BIGINT NOT NULL,
    until_ms BIGINT,
    distance_m BIGINT,
    outcome TEXT,
    ended_ms BIGINT,
    PRIMARY KEY (order_id, turn)
);
CREATE INDEX offers_by_time ON offers (offered_ms);
-- What an order has been through before it was given back: orders has the times since then.
CREATE TABLE order_changes (
    order_id TEXT NOT NULL,
    turn BIGINT NOT NULL,
    status TEXT NOT NULL,
    cart TEXT,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (order_id, turn, status)
);
CREATE INDEX order_changes_by_time ON order_changes (at_ms);
-- The newest step of each outbox of a cart, so that one that comes again answers no later offer; told:
-- that it has not the order was said to the cart.
CREATE TABLE order_steps (
    order_id TEXT NOT NULL,
    cart TEXT NOT NULL,
    epoch TEXT NOT NULL,
    seq BIGINT NOT NULL,
    told BIGINT NOT NULL DEFAULT 0,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (order_id, cart, epoch)
);
CREATE INDEX order_steps_by_time ON order_steps (at_ms);
-- Sales that name an order, as the role `sales` stored them; outcome: as the role `orders` judged it:
-- 'kept', 'second', 'unknown'.
CREATE TABLE order_sales (
    order_id TEXT NOT NULL,
    cart TEXT NOT NULL,
    epoch TEXT NOT NULL,
    seq BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    outcome TEXT,
    PRIMARY KEY (order_id, cart, epoch, seq)
);
CREATE INDEX order_sales_unjudged ON order_sales (at_ms) WHERE outcome IS NULL;
CREATE UNIQUE INDEX order_sales_kept ON order_sales (order_id) WHERE outcome = 'kept';
CREATE INDEX order_sales_by_time ON order_sales (at_ms);
