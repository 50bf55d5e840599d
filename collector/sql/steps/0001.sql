-- Step 1 of the store: its tables as the first release made them, without a number. Never changed any
-- more; what changes is a step of its own (docs/engineer.md, "To change a table").
--
-- The collector's tables, for SQLite and PostgreSQL alike. Times are milliseconds since 1970 UTC,
-- days are counted from 1970-01-01 of the guild's calendar, booleans are 0 and 1.
--
-- `text_key` columns are compared byte by byte. WITHOUT ROWID tables are one tree each: a row that
-- is found by its key costs one page.

-- name: store_step_1

-- Where each role stands in Kafka. `owner` is the random id of the consumer that may write;
-- `next` the offset to be applied next; the last record applied is known by its time and hash. All
-- that the log had at `passed_ms` has been applied.
CREATE TABLE IF NOT EXISTS positions (
    role TEXT NOT NULL,
    topic TEXT NOT NULL,
    part BIGINT NOT NULL,
    owner TEXT NOT NULL,
    next BIGINT NOT NULL,
    last_ms BIGINT NOT NULL,
    last_hash BIGINT NOT NULL,
    passed_ms BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (role, topic, part)
);

-- A source is an outbox: a cart's epoch. Its number stands for both in the large tables.
-- member_checked: 1 once it was looked up whether a member owns the cart.
CREATE TABLE IF NOT EXISTS sources (
    source BIGINT NOT NULL PRIMARY KEY,
    cart TEXT NOT NULL,
    epoch TEXT NOT NULL,
    highest_seq BIGINT NOT NULL,
    highest_receipt BIGINT NOT NULL,
    duplicates BIGINT NOT NULL,
    set_aside BIGINT NOT NULL,
    member_checked BIGINT NOT NULL,
    UNIQUE (cart, epoch)
);

-- Every event that `sales` applied, by its identity; `hash` tells a repetition from a conflict.
-- kind: 0 sale, 1 void, 2 stock, 5 clock (enum event_type). Columns that a kind lacks are null.
-- voided: the seq of the void, negative where it is of another epoch. place: the record's offset in
-- Kafka, and how much later than Kafka it was stored: nine bytes, by which a sale is traced.
-- There is no second index on purpose: it would cost as much as the row (see source_days).
CREATE TABLE IF NOT EXISTS receipts (
    source BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    hash BIGINT NOT NULL,
    kind SMALLINT NOT NULL,
    day INTEGER NOT NULL,
    ts_ms BIGINT NOT NULL,
    receipt BIGINT,
    client TEXT,
    quantity BIGINT,
    amount BIGINT,
    stock BIGINT,
    lat DOUBLE PRECISION,
    lon DOUBLE PRECISION,
    voided BIGINT,
    place BIGINT,
    delay_ms BIGINT,
    PRIMARY KEY (source, seq)
) /* WITHOUT ROWID */;

-- Which part of a source lies on which day: leads from a day to the rows of `receipts`; and the
-- sums of that day in this epoch, to be held against the cart's own.
CREATE TABLE IF NOT EXISTS source_days (
    day INTEGER NOT NULL,
    source BIGINT NOT NULL,
    first_seq BIGINT NOT NULL,
    last_seq BIGINT NOT NULL,
    sales BIGINT NOT NULL,
    quantity BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    PRIMARY KEY (day, source)
) /* WITHOUT ROWID */;
CREATE INDEX IF NOT EXISTS source_days_by_source ON source_days (source, day);

-- How often a client bought from a cart on a day. Sales without a client are in daily.anonymous.
CREATE TABLE IF NOT EXISTS day_clients (
    day INTEGER NOT NULL,
    cart TEXT NOT NULL,
    client TEXT NOT NULL,
    bought BIGINT NOT NULL,
    PRIMARY KEY (day, cart, client)
) /* WITHOUT ROWID */;

-- What a cart sold on a day. `closed` is when the row was closed, 0 while it is open; `revision` is
-- 0 then, 1 at the close, and 1 more for each change after it (see `revisions`).
CREATE TABLE IF NOT EXISTS daily (
    day INTEGER NOT NULL,
    cart TEXT NOT NULL,
    quantity BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    sales BIGINT NOT NULL,
    named_clients BIGINT NOT NULL,
    anonymous BIGINT NOT NULL,
    voided BIGINT NOT NULL,
    unpriced BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    closed BIGINT NOT NULL,
    PRIMARY KEY (day, cart)
) /* WITHOUT ROWID */;
CREATE INDEX IF NOT EXISTS daily_by_cart ON daily (cart, day);
CREATE INDEX IF NOT EXISTS daily_open ON daily (day, cart) WHERE closed = 0;

-- Receipts not yet seen although a later one was; `day` is that of the next receipt seen, `told` is
-- 1 once an alert was raised for it.
CREATE TABLE IF NOT EXISTS receipt_gaps (
    source BIGINT NOT NULL,
    first_receipt BIGINT NOT NULL,
    last_receipt BIGINT NOT NULL,
    day INTEGER NOT NULL,
    since_ms BIGINT NOT NULL,
    told BIGINT NOT NULL,
    PRIMARY KEY (source, first_receipt)
);
CREATE INDEX IF NOT EXISTS receipt_gaps_by_day ON receipt_gaps (day);
CREATE INDEX IF NOT EXISTS receipt_gaps_untold ON receipt_gaps (since_ms) WHERE told = 0;

-- Sales that were taken back by a void of another epoch: they are not in our sums, but in the
-- cart's own.
CREATE TABLE IF NOT EXISTS voids_elsewhere (
    source BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (source, seq)
);

-- Voids whose sale has not come yet. `seq` is negative for one of another epoch.
CREATE TABLE IF NOT EXISTS waiting_voids (
    source BIGINT NOT NULL,
    receipt BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (source, receipt)
);

-- Events with an identity that another content has taken; kept for a person to look at.
-- decision: accepted, dropped; null while it waits.
CREATE TABLE IF NOT EXISTS set_aside (
    id TEXT NOT NULL PRIMARY KEY,
    time_ms BIGINT NOT NULL,
    cart TEXT NOT NULL,
    epoch TEXT NOT NULL,
    seq BIGINT NOT NULL,
    reason TEXT NOT NULL,
    text TEXT NOT NULL,
    decision TEXT,
    decided_ms BIGINT
);

-- What is known of each cart now. heard_ms is Kafka's time of the last word; fix_ms, sale_ms and
-- stock_ms are the events' own times. `part` and `bridge` are the last word's, `phone` that it was a
-- phone's; nofix_ms: without a fix since then, by its heartbeat; claim_*: fixes in a row at a place
-- that it cannot have reached (fix_filter.h); damaged: the epoch of an outbox that it lost.
CREATE TABLE IF NOT EXISTS carts (
    cart TEXT NOT NULL PRIMARY KEY,
    state TEXT NOT NULL,
    fugitive BIGINT NOT NULL,
    lat DOUBLE PRECISION,
    lon DOUBLE PRECISION,
    acc DOUBLE PRECISION,
    fix_ms BIGINT,
    heard_ms BIGINT,
    sale_ms BIGINT,
    stock BIGINT,
    stock_epoch TEXT,
    stock_seq BIGINT,
    stock_ms BIGINT,
    waiting BIGINT,
    version TEXT,
    epoch TEXT,
    session BIGINT,
    gps TEXT,
    batt DOUBLE PRECISION,
    bridge TEXT,
    part BIGINT NOT NULL DEFAULT -1,
    phone BIGINT NOT NULL DEFAULT 0,
    nofix_ms BIGINT,
    damaged TEXT,
    fix_dated BIGINT NOT NULL DEFAULT 0,
    claim_lat DOUBLE PRECISION,
    claim_lon DOUBLE PRECISION,
    claim_ms BIGINT,
    claim_count BIGINT NOT NULL DEFAULT 0
);

-- Where a cart was. One row per recorded fix; Kafka keeps positions for 14 days, this for ever.
CREATE TABLE IF NOT EXISTS track (
    cart TEXT NOT NULL,
    fix_ms BIGINT NOT NULL,
    lat DOUBLE PRECISION NOT NULL,
    lon DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (cart, fix_ms)
) /* WITHOUT ROWID */;

-- The carts' own sums per epoch and day, as last sent; `at_ms` is the cart's time of sending and
-- `final` says that it was its `offline`.
CREATE TABLE IF NOT EXISTS cart_counts (
    cart TEXT NOT NULL,
    epoch TEXT NOT NULL,
    day INTEGER NOT NULL,
    sales BIGINT NOT NULL,
    quantity BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    final BIGINT NOT NULL,
    PRIMARY KEY (cart, day, epoch)
);

-- What is to be produced to Kafka: written with its cause in one transaction, sent afterwards and
-- deleted when Kafka has it. `id` does not change, so that a repetition can be told. Key and value
-- are bytes: a dead letter is whatever came. `part` is the partition; null: the key's.
CREATE TABLE IF NOT EXISTS outgoing (
    id TEXT NOT NULL PRIMARY KEY,
    position BIGINT NOT NULL,
    topic TEXT NOT NULL,
    record_key BYTEA,
    value BYTEA NOT NULL,
    error TEXT,
    source TEXT,
    type TEXT,
    part BIGINT
);
CREATE INDEX IF NOT EXISTS outgoing_by_position ON outgoing (position);

-- One row per condition that a person should know of; the contract's section 5, "Alerts".
CREATE TABLE IF NOT EXISTS alerts (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    cart TEXT,
    severity TEXT NOT NULL,
    status TEXT NOT NULL,
    started_ms BIGINT NOT NULL,
    acknowledged_ms BIGINT,
    ended_ms BIGINT,
    details TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS alerts_by_subject ON alerts (kind, subject);

-- Changes of alerts that `notify` has not yet told: each status of an alert once.
CREATE TABLE IF NOT EXISTS alert_notices (
    alert TEXT NOT NULL,
    status TEXT NOT NULL,
    time_ms BIGINT NOT NULL,
    PRIMARY KEY (alert, status)
);

-- Who may sign in, and with which tokens. Times are milliseconds since 1970 UTC.

-- cart is a vendor's plate; password is an Argon2id string.
CREATE TABLE IF NOT EXISTS users (
    name TEXT PRIMARY KEY,
    role TEXT NOT NULL,
    cart TEXT,
    password TEXT NOT NULL,
    created_ms BIGINT NOT NULL
);

-- hash is SHA-256 of the token, hexadecimal; id is what an admin calls it by. owner is the user who
-- signed in; null for a token that stands for no user. expires_ms of a token without end is 2^63-1.
CREATE TABLE IF NOT EXISTS tokens (
    hash TEXT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    owner TEXT,
    role TEXT NOT NULL,
    cart TEXT,
    created_ms BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL
);

CREATE INDEX IF NOT EXISTS tokens_by_owner ON tokens (owner);

-- Accounts that somebody tried of late, whether or not there is such a user. until_ms: blocked until
-- then; 0: not blocked, or the end of the block has been told. Attempts up to forgiven_ms do not
-- count any more: they led to a block, or an operator lifted one.
CREATE TABLE IF NOT EXISTS login_accounts (
    name TEXT NOT NULL PRIMARY KEY,
    since_ms BIGINT NOT NULL,
    until_ms BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    forgiven_ms BIGINT NOT NULL,
    touched_ms BIGINT NOT NULL
);
CREATE INDEX IF NOT EXISTS login_accounts_by_end ON login_accounts (until_ms) WHERE until_ms > 0;
CREATE INDEX IF NOT EXISTS login_accounts_by_touch ON login_accounts (touched_ms);

-- Attempts to sign in that count, for as long as one may be of consequence.
CREATE TABLE IF NOT EXISTS login_attempts (
    id TEXT NOT NULL PRIMARY KEY,
    user_name TEXT NOT NULL,
    at_ms BIGINT NOT NULL
);
CREATE INDEX IF NOT EXISTS login_attempts_by_user ON login_attempts (user_name, at_ms);
CREATE INDEX IF NOT EXISTS login_attempts_by_time ON login_attempts (at_ms);

-- What users did. `id` counts up.
CREATE TABLE IF NOT EXISTS actions (
    id BIGINT NOT NULL PRIMARY KEY,
    time_ms BIGINT NOT NULL,
    user_name TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    details TEXT
);
CREATE INDEX IF NOT EXISTS actions_by_time ON actions (time_ms);

-- What a cart says of a day, for the rows of that day that the API shows.
CREATE INDEX IF NOT EXISTS cart_counts_by_day ON cart_counts (day, cart);

-- What the centre keeps for those who type there. Times are milliseconds since 1970 UTC.

-- Answers to calls with an Idempotency-Key. `id` is a hash of route, caller and key, `body` of the
-- request's body; until_ms: when it is forgotten.
CREATE TABLE IF NOT EXISTS idempotency (
    id TEXT NOT NULL PRIMARY KEY,
    body TEXT NOT NULL,
    status BIGINT NOT NULL,
    answer BYTEA NOT NULL,
    until_ms BIGINT NOT NULL
);
CREATE INDEX IF NOT EXISTS idempotency_by_end ON idempotency (until_ms);

-- The outbox that the centre keeps for a cart: what is typed there. stock: what it last said is
-- left on the cart, null before it said anything; stock_ms: for when.
CREATE TABLE IF NOT EXISTS desk_epochs (
    cart TEXT NOT NULL PRIMARY KEY,
    epoch TEXT NOT NULL,
    seq BIGINT NOT NULL,
    receipt BIGINT NOT NULL,
    stock BIGINT,
    stock_ms BIGINT
);

-- Sales typed at the centre, which know of themselves before they have been to Kafka and back.
CREATE TABLE IF NOT EXISTS desk_sales (
    cart TEXT NOT NULL,
    epoch TEXT NOT NULL,
    receipt BIGINT NOT NULL,
    quantity BIGINT NOT NULL,
    PRIMARY KEY (cart, epoch, receipt)
);

-- Sales of any epoch that were taken back at the centre.
CREATE TABLE IF NOT EXISTS desk_voids (
    cart TEXT NOT NULL,
    epoch TEXT NOT NULL,
    receipt BIGINT NOT NULL,
    PRIMARY KEY (cart, epoch, receipt)
);

-- What the role `location` knows beside the carts themselves. Times are milliseconds since 1970 UTC.

-- The last beat of each bridge in each partition of carrito.presence, by Kafka's time. `down_ms`:
-- without MQTT since then (0: with it); `told`: and said so. `gaps`: the intervals that count no
-- silence, "from-to from-to".
CREATE TABLE IF NOT EXISTS beats (
    bridge TEXT NOT NULL,
    part BIGINT NOT NULL,
    beat_ms BIGINT NOT NULL,
    mqtt BIGINT NOT NULL,
    down_ms BIGINT NOT NULL,
    told BIGINT NOT NULL,
    gaps TEXT NOT NULL,
    PRIMARY KEY (bridge, part)
);

-- When the certificates end by which carts and bridges connect, as they last said; said_ms: Kafka's
-- time of that word; told: the alert was raised. cart is null for a bridge.
CREATE TABLE IF NOT EXISTS certificates (
    subject TEXT NOT NULL PRIMARY KEY,
    cart TEXT,
    end_ms BIGINT NOT NULL,
    said_ms BIGINT NOT NULL,
    told BIGINT NOT NULL
);
CREATE INDEX IF NOT EXISTS certificates_untold ON certificates (end_ms) WHERE told = 0;

-- Reports ("denuncias"). status: open (of a fugitive), sighting (of a place where no cart was),
-- dismissed, closed (the fugitive was cleared).
CREATE TABLE IF NOT EXISTS reports (
    id TEXT NOT NULL PRIMARY KEY,
    time_ms BIGINT NOT NULL,
    cart TEXT,
    lat DOUBLE PRECISION NOT NULL,
    lon DOUBLE PRECISION NOT NULL,
    note TEXT,
    status TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS reports_by_time ON reports (time_ms, id);

-- Carts that are looked for; ended_ms is null until an operator clears it. locate_ms: until when
-- the cart has been asked to report often.
CREATE TABLE IF NOT EXISTS fugitives (
    cart TEXT NOT NULL,
    since_ms BIGINT NOT NULL,
    ended_ms BIGINT,
    reason TEXT NOT NULL,
    locate_ms BIGINT NOT NULL,
    PRIMARY KEY (cart, since_ms)
);
CREATE UNIQUE INDEX IF NOT EXISTS fugitives_open ON fugitives (cart) WHERE ended_ms IS NULL;

-- Which reports are about a fugitive: a report of a place can be about several.
CREATE TABLE IF NOT EXISTS fugitive_reports (
    cart TEXT NOT NULL,
    since_ms BIGINT NOT NULL,
    report TEXT NOT NULL,
    PRIMARY KEY (cart, since_ms, report)
);

-- Where a fugitive was, from its last position before the report on.
CREATE TABLE IF NOT EXISTS trail (
    cart TEXT NOT NULL,
    since_ms BIGINT NOT NULL,
    time_ms BIGINT NOT NULL,
    lat DOUBLE PRECISION NOT NULL,
    lon DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (cart, since_ms, time_ms)
) /* WITHOUT ROWID */;

-- Who applied for membership, and what became of it. Times are milliseconds since 1970 UTC.

-- id is the application's, as it came; person is the rut (12345678-5) or the passport that it
-- names, whichever of both columns is not null. status: pending, accepted, rejected.
CREATE TABLE IF NOT EXISTS members (
    id TEXT NOT NULL PRIMARY KEY,
    person TEXT NOT NULL,
    rut TEXT,
    passport TEXT,
    name TEXT NOT NULL,
    lastname TEXT NOT NULL,
    email TEXT NOT NULL,
    plate TEXT NOT NULL,
    premium BIGINT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT,
    applied_ms BIGINT NOT NULL,
    decided_ms BIGINT
);
CREATE INDEX IF NOT EXISTS members_by_time ON members (applied_ms, id);
CREATE INDEX IF NOT EXISTS members_of_person ON members (person, applied_ms);

-- A plate, and a person, has one application that is not rejected.
CREATE UNIQUE INDEX IF NOT EXISTS members_by_plate ON members (plate) WHERE status <> 'rejected';
CREATE UNIQUE INDEX IF NOT EXISTS members_by_person ON members (person) WHERE status <> 'rejected';

-- Applications that were read from Kafka and wait for their turn, as they came.
CREATE TABLE IF NOT EXISTS applications (
    id TEXT NOT NULL PRIMARY KEY,
    part BIGINT NOT NULL,
    record_offset BIGINT NOT NULL,
    append_ms BIGINT NOT NULL,
    queued_ms BIGINT NOT NULL,
    value BYTEA NOT NULL
);
CREATE INDEX IF NOT EXISTS applications_by_turn ON applications (part, record_offset);

-- What `notify` sends, and what became of it. Times are milliseconds since 1970 UTC.

-- status: waiting; held (over the recipient's limit, in a digest that waits); sent, failed, skipped
-- (no mail server is set), digested (its digest was sent). next_ms: when it is tried (again), and
-- once that is over, since when it is what it is. answer: the server's last words. digest: the mail
-- that it is collected in. turn: 1, 2, … as they were written, for what is due at once. Rows stay: an id that was told is not told again, not even when
-- everything is read anew from Kafka.
CREATE TABLE IF NOT EXISTS mails (
    id TEXT NOT NULL PRIMARY KEY,
    turn BIGINT NOT NULL,
    recipient TEXT NOT NULL,
    template TEXT NOT NULL,
    parameters TEXT NOT NULL,
    order_id TEXT,
    created_ms BIGINT NOT NULL,
    next_ms BIGINT NOT NULL,
    status TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    first_ms BIGINT,
    answer TEXT,
    sent_ms BIGINT,
    digest TEXT
);
CREATE INDEX IF NOT EXISTS mails_by_status ON mails (status, next_ms, turn);
CREATE INDEX IF NOT EXISTS mails_by_turn ON mails (turn);
-- How many a recipient got in the last hour.
CREATE INDEX IF NOT EXISTS mails_sent ON mails (recipient, sent_ms) WHERE sent_ms IS NOT NULL;
CREATE INDEX IF NOT EXISTS mails_by_digest ON mails (digest) WHERE digest IS NOT NULL;

-- Alerts that are owed to the webhook; deleted once it has them, or has refused them.
CREATE TABLE IF NOT EXISTS webhook_posts (
    id TEXT NOT NULL PRIMARY KEY,
    body TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    next_ms BIGINT NOT NULL,
    attempts BIGINT NOT NULL
);
CREATE INDEX IF NOT EXISTS webhook_posts_by_time ON webhook_posts (next_ms);

-- Which process sends (lease.h).
CREATE TABLE IF NOT EXISTS leases (
    name TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    beat BIGINT NOT NULL
);

CREATE INDEX IF NOT EXISTS alerts_by_time ON alerts (started_ms, id);
CREATE INDEX IF NOT EXISTS alerts_open ON alerts (kind) WHERE ended_ms IS NULL;

-- Orders of buyers. Times are milliseconds since 1970 UTC.

-- One row per order; each state that it came into has its time, the others are null, so that an
-- order has no state twice. status: the guild's word for the last one. cart: that takes it. next_ms:
-- when it moves on by itself; null where it does not.
CREATE TABLE IF NOT EXISTS orders (
    id TEXT NOT NULL PRIMARY KEY,
    product TEXT NOT NULL,
    price BIGINT NOT NULL,
    quantity BIGINT NOT NULL,
    email TEXT NOT NULL,
    lat DOUBLE PRECISION,
    lon DOUBLE PRECISION,
    cart TEXT,
    status TEXT NOT NULL,
    received_ms BIGINT NOT NULL,
    preparing_ms BIGINT,
    delivering_ms BIGINT,
    done_ms BIGINT,
    cancelled_ms BIGINT,
    failed_ms BIGINT,
    next_ms BIGINT
);
CREATE INDEX IF NOT EXISTS orders_by_time ON orders (received_ms, id);
CREATE INDEX IF NOT EXISTS orders_by_status ON orders (status, received_ms, id);
CREATE INDEX IF NOT EXISTS orders_due ON orders (next_ms) WHERE next_ms IS NOT NULL;

-- What the role `sales` keeps beside receipts and sums. Days and times as in schema.sql.

-- A day is closed when it is not after the last one here. The row is what one of several closers
-- gets and the others do not.
CREATE TABLE IF NOT EXISTS closed_days (
    day INTEGER NOT NULL PRIMARY KEY,
    closed_ms BIGINT NOT NULL
);

-- Each change of a closed row, and its close. time_ms is Kafka's; cause: close, sale, void, clock;
-- receipts, before and after are JSON, `before` null where there was no row.
CREATE TABLE IF NOT EXISTS revisions (
    day INTEGER NOT NULL,
    cart TEXT NOT NULL,
    revision BIGINT NOT NULL,
    time_ms BIGINT NOT NULL,
    cause TEXT NOT NULL,
    receipts TEXT NOT NULL,
    row_before TEXT,
    row_after TEXT NOT NULL,
    PRIMARY KEY (day, cart, revision)
);

-- When a cart's boot was, by its clock event; what the boot counts in milliseconds begins there.
CREATE TABLE IF NOT EXISTS boots (
    cart TEXT NOT NULL,
    boot TEXT NOT NULL,
    zero_ms BIGINT NOT NULL,
    PRIMARY KEY (cart, boot)
) /* WITHOUT ROWID */;

-- Events without a time of their own that wait for their boot's clock event. append_ms is Kafka's.
CREATE TABLE IF NOT EXISTS undated (
    cart TEXT NOT NULL,
    boot TEXT NOT NULL,
    source BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    boot_ms BIGINT NOT NULL,
    append_ms BIGINT NOT NULL,
    PRIMARY KEY (cart, boot, source, seq)
) /* WITHOUT ROWID */;

-- Carts whose last event was ahead of Kafka's time.
CREATE TABLE IF NOT EXISTS bad_clocks (
    cart TEXT NOT NULL PRIMARY KEY
);

-- Clients of the whole guild, and how many they are: level 0 per day, with the number of carts that
-- they bought from in `parts`; 1 per month, with the number of days; 2 of all time, with the number
-- of months. span: the day, the months since year 0, or 0.
CREATE TABLE IF NOT EXISTS client_groups (
    level SMALLINT NOT NULL,
    span BIGINT NOT NULL,
    client TEXT NOT NULL,
    parts BIGINT NOT NULL,
    PRIMARY KEY (level, span, client)
) /* WITHOUT ROWID */;
CREATE TABLE IF NOT EXISTS client_counts (
    level SMALLINT NOT NULL,
    span BIGINT NOT NULL,
    clients BIGINT NOT NULL,
    PRIMARY KEY (level, span)
) /* WITHOUT ROWID */;

-- What the role `stock` keeps. Times are milliseconds since 1970 UTC.

-- The last level of each cart. epoch, seq: of the event that said it; batch: the restock batch that
-- the cart is in, 0 where it may join one; is_out: stock-out has been raised.
CREATE TABLE IF NOT EXISTS stock_levels (
    cart TEXT NOT NULL PRIMARY KEY,
    epoch TEXT NOT NULL,
    seq BIGINT NOT NULL,
    time_ms BIGINT NOT NULL,
    stock BIGINT NOT NULL,
    batch BIGINT NOT NULL,
    is_out BIGINT NOT NULL
) /* WITHOUT ROWID */;

-- Restock batches. status: open, announced, done; at most one is open, always the last one, and
-- there is none without carts: so there is no gap in the numbers of those that were announced.
CREATE TABLE IF NOT EXISTS restocks (
    number BIGINT NOT NULL PRIMARY KEY,
    status TEXT NOT NULL,
    announced_ms BIGINT,
    done_ms BIGINT
);

-- What is in them: carts, or low sales where these are counted. `place` counts up in the batch.
CREATE TABLE IF NOT EXISTS restock_carts (
    number BIGINT NOT NULL,
    place BIGINT NOT NULL,
    cart TEXT NOT NULL,
    stock BIGINT NOT NULL,
    time_ms BIGINT NOT NULL,
    PRIMARY KEY (number, place)
) /* WITHOUT ROWID */;

-- What operators do to the centre itself.

-- Which roles are to stand still. A role without a row runs.
CREATE TABLE IF NOT EXISTS role_wishes (
    role TEXT NOT NULL PRIMARY KEY,
    stopped BIGINT NOT NULL,
    wished_by TEXT NOT NULL,
    wished_ms BIGINT NOT NULL
);

-- How long each partition of the dead letters was when it was last looked at.
CREATE TABLE IF NOT EXISTS dead_letter_ends (
    part BIGINT NOT NULL PRIMARY KEY,
    seen BIGINT NOT NULL
);

-- Synthetic records that were asked for, and how many are owed to Kafka or sent.
CREATE TABLE IF NOT EXISTS simulations (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    carts BIGINT NOT NULL,
    total BIGINT NOT NULL,
    seed BIGINT NOT NULL,
    started_ms BIGINT NOT NULL,
    produced BIGINT NOT NULL
);
