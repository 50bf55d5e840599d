-- Step 6: what carts say of their totals, and how far the centre has found the same (contract,
-- sections 3 and 5). Times are milliseconds since 1970, by Kafka's clock.

-- name: store_step_6
-- The newest word about an outbox, one row for each `from_seq` that its totals began at. ready_ms:
-- it is judged when all that Kafka had of the sales then is applied; null once it was. at_day: the
-- day that it came on. owed: 1 while events that it was imported with are not yet in Kafka.
CREATE TABLE words (
    cart TEXT NOT NULL,
    epoch TEXT NOT NULL,
    from_seq BIGINT NOT NULL,
    upto BIGINT NOT NULL,
    made BIGINT NOT NULL,
    receipts BIGINT NOT NULL,
    voided BIGINT NOT NULL,
    quantity BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    offline BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    at_day BIGINT NOT NULL,
    ready_ms BIGINT,
    owed BIGINT NOT NULL,
    PRIMARY KEY (cart, epoch, from_seq)
) /* WITHOUT ROWID */;
CREATE INDEX words_ready ON words (ready_ms) WHERE ready_ms IS NOT NULL;
CREATE INDEX words_owed ON words (cart) WHERE owed = 1;

-- Up to which event both have the same totals, and what these are. made: the newest event that the
-- cart has told of. final_ms: when a word last said that nothing newer waits on the cart, and
-- final_upto where it stood then; offline_upto the same of one that came with `offline`. open_ms:
-- since when something newer waits; wrong_ms: since when a word up to wrong_upto disagrees; 0: no.
-- seen_ms: what is applied must reach it. again: 1 after a rebuild, until ours were made anew.
CREATE TABLE confirmed (
    cart TEXT NOT NULL,
    epoch TEXT NOT NULL,
    from_seq BIGINT NOT NULL,
    upto BIGINT NOT NULL,
    made BIGINT NOT NULL,
    receipts BIGINT NOT NULL,
    voided BIGINT NOT NULL,
    quantity BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    final_ms BIGINT NOT NULL,
    final_upto BIGINT NOT NULL,
    offline_upto BIGINT NOT NULL,
    open_ms BIGINT NOT NULL,
    wrong_ms BIGINT NOT NULL,
    wrong_upto BIGINT NOT NULL,
    seen_ms BIGINT NOT NULL,
    again BIGINT NOT NULL,
    PRIMARY KEY (cart, epoch, from_seq)
) /* WITHOUT ROWID */;
CREATE INDEX confirmed_again ON confirmed (seen_ms) WHERE again = 1;
