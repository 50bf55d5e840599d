-- Persons: what is kept of one, and how it goes (contract, section 10). people_places.c says which
-- statement is for which table. Where nothing else is said $1 is the key's text; an erasing one
-- takes the pseudonym as $1 and the text as $2.

-- Once more is later: what came of the person between both is met by the later time.
-- name: people_remember
INSERT INTO people_erased (pseudonym, kind, erased_ms, number)
VALUES ($1, $2, $3, (SELECT COALESCE(MAX(number), 0) + 1 FROM people_erased))
ON CONFLICT (pseudonym) DO UPDATE SET erased_ms = excluded.erased_ms, number = excluded.number;

-- name: people_newest
SELECT COALESCE(MAX(number), 0) FROM people_erased;

-- name: people_erased
SELECT pseudonym, erased_ms, number FROM people_erased;

-- The fence of the roles that meet persons: none of them is within a transaction meanwhile.
-- name: people_fence
UPDATE positions SET next = next;

-- ---- applicants and members

-- name: people_member_find
SELECT id, rut, passport, name, lastname, email, plate, status, reason, applied_ms, decided_ms
FROM members WHERE person = $1 ORDER BY applied_ms, id LIMIT 1000;

-- name: people_member_erase
UPDATE members SET person = $1, rut = NULL, passport = NULL, name = '', lastname = '', email = '',
    reason = NULL,
    status = CASE status WHEN 'accepted' THEN 'left' WHEN 'pending' THEN 'rejected' ELSE status END
WHERE person = $2;

-- name: people_member_mail_find
SELECT id, rut, passport, name, lastname, email, plate, status, reason, applied_ms, decided_ms
FROM members WHERE LOWER(email) = $1 ORDER BY applied_ms, id LIMIT 1000;

-- name: people_member_mail_erase
UPDATE members SET email = CASE WHEN $1 = '' THEN $1 ELSE '' END WHERE LOWER(email) = $2;

-- What an applicant was told, which names him.
-- name: people_told_find
SELECT id, recipient, template, parameters, status, answer, created_ms FROM mails
WHERE id IN (SELECT 'member/' || id || '/accepted' FROM members WHERE person = $1
             UNION ALL SELECT 'member/' || id || '/rejected' FROM members WHERE person = $1);

-- name: people_told_erase
UPDATE mails SET recipient = $1, mailbox = NULL, parameters = '{}', answer = NULL,
    status = CASE WHEN status IN ('waiting', 'held') THEN 'skipped' ELSE status END
WHERE id IN (SELECT 'member/' || id || '/accepted' FROM members WHERE person = $2
             UNION ALL SELECT 'member/' || id || '/rejected' FROM members WHERE person = $2);

-- Whoever speaks for the cart of a member: its vendors and phones end with the membership.
-- name: people_cart_token_find
SELECT id, name, owner, role, created_ms FROM tokens
WHERE (role IN ('vendor', 'tracker') AND cart IN (
        SELECT plate FROM members WHERE person = $1 AND status = 'accepted'))
    OR (role = 'tracker' AND UPPER(name) IN (
        SELECT plate FROM members WHERE person = $1 AND status = 'accepted'));

-- name: people_cart_token_erase
DELETE FROM tokens
WHERE $1 <> '' AND ((role IN ('vendor', 'tracker') AND cart IN (
        SELECT plate FROM members WHERE person = $2 AND status = 'accepted'))
    OR (role = 'tracker' AND UPPER(name) IN (
        SELECT plate FROM members WHERE person = $2 AND status = 'accepted')));

-- name: people_cart_user_find
SELECT name, role, cart, created_ms FROM users WHERE role = 'vendor' AND cart IN (
    SELECT plate FROM members WHERE person = $1 AND status = 'accepted');

-- name: people_cart_user_erase
DELETE FROM users WHERE $1 <> '' AND role = 'vendor' AND cart IN (
    SELECT plate FROM members WHERE person = $2 AND status = 'accepted');

-- Whose cart it is, is looked up again with its next sale.
-- name: people_unchecked
UPDATE sources SET member_checked = 0 WHERE cart IN (
    SELECT plate FROM members WHERE person = $1 AND status = 'accepted');

-- ---- buyers

-- name: people_order_find
SELECT id, product, price, quantity, email, lat, lon, place, status, received_ms FROM orders
WHERE LOWER(email) = $1 ORDER BY received_ms, id LIMIT 1000;

-- name: people_order_erase
UPDATE orders SET email = CASE WHEN $1 = '' THEN $1 ELSE '' END, lat = NULL, lon = NULL,
    place = NULL
WHERE LOWER(email) = $2;

-- name: people_mail_find
SELECT id, recipient, template, parameters, status, answer, created_ms FROM mails
WHERE LOWER(recipient) = $1 ORDER BY turn LIMIT 1000;

-- name: people_mail_erase
UPDATE mails SET recipient = $1, mailbox = NULL, parameters = '{}', answer = NULL,
    status = CASE WHEN status IN ('waiting', 'held') THEN 'skipped' ELSE status END
WHERE LOWER(recipient) = $2;

-- A mail on its way is not sent; its row is above.
-- name: people_sending_find
SELECT id FROM effects WHERE lane = 'mail' AND LOWER(topic) = $1;

-- name: people_sending_erase
DELETE FROM effects WHERE lane = 'mail' AND $1 <> '' AND LOWER(topic) = $2;

-- ---- clients

-- name: people_receipt_find
SELECT s.cart, s.epoch, r.receipt, r.ts_ms, r.quantity, r.amount, r.client
FROM receipts r JOIN sources s ON s.source = r.source
WHERE r.client = $1 LIMIT 1000;

-- name: people_receipt_erase
UPDATE receipts SET client = $1 WHERE client = $2;

-- The days on which the guild knows the client, each found by its key.
-- name: people_day_client_find
SELECT day, cart, client, bought FROM day_clients
WHERE client = $1 AND day IN (
    SELECT g.span FROM client_counts c JOIN client_groups g
        ON g.level = c.level AND g.span = c.span AND g.client = $1
    WHERE c.level = 0)
ORDER BY day, cart LIMIT 1000;

-- name: people_day_client_erase
UPDATE day_clients SET client = $1
WHERE client = $2 AND day IN (
    SELECT g.span FROM client_counts c JOIN client_groups g
        ON g.level = c.level AND g.span = c.span AND g.client = $2
    WHERE c.level = 0);

-- name: people_group_find
SELECT level, span, client, parts FROM client_groups
WHERE client = $1 AND (level, span) IN (SELECT level, span FROM client_counts)
ORDER BY level, span LIMIT 1000;

-- name: people_group_erase
UPDATE client_groups SET client = $1
WHERE client = $2 AND (level, span) IN (SELECT level, span FROM client_counts);

-- ---- who signs in

-- name: people_user_find
SELECT name, role, cart, created_ms FROM users WHERE name = $1;

-- name: people_user_erase
DELETE FROM users WHERE $1 <> '' AND name = $2;

-- name: people_token_find
SELECT id, name, owner, role, created_ms FROM tokens WHERE owner = $1
UNION ALL
SELECT id, name, owner, role, created_ms FROM tokens WHERE name = $1 AND owner IS NULL;

-- name: people_token_erase
DELETE FROM tokens WHERE $1 <> '' AND (owner = $2 OR name = $2);

-- name: people_attempt_find
SELECT id, user_name, site, at_ms FROM login_attempts WHERE user_name = $1 ORDER BY at_ms LIMIT 1000;

-- name: people_attempt_erase
DELETE FROM login_attempts WHERE $1 <> '' AND user_name = $2;

-- name: people_account_find
SELECT name, since_ms, until_ms, attempts FROM login_accounts WHERE name = $1;

-- name: people_account_erase
DELETE FROM login_accounts WHERE $1 <> '' AND name = $2;

-- name: people_place_find
SELECT name, site, signed_in_ms FROM login_places WHERE name = $1;

-- name: people_place_erase
DELETE FROM login_places WHERE $1 <> '' AND name = $2;

-- name: people_stranger_find
SELECT name, site FROM login_strangers WHERE name = $1;

-- name: people_stranger_erase
DELETE FROM login_strangers WHERE $1 <> '' AND name = $2;

-- name: people_act_find
SELECT id, time_ms, user_name, action, subject, details FROM actions
WHERE user_name = $1 ORDER BY id LIMIT 1000;

-- name: people_act_erase
UPDATE actions SET user_name = $1 WHERE user_name = $2;

-- Acts about somebody, by whom the act names.
-- name: people_subject_find
SELECT id, time_ms, user_name, action, subject, details FROM actions
WHERE subject = $1 ORDER BY id LIMIT 1000;

-- name: people_subject_erase
UPDATE actions SET subject = $1, details = NULL WHERE subject = $2;

-- name: people_wish_find
SELECT role, wished_by, wished_ms FROM role_wishes WHERE wished_by = $1;

-- name: people_wish_erase
UPDATE role_wishes SET wished_by = $1 WHERE wished_by = $2;

-- What waits, or is kept for a day, of the alerts of a blocked account; and mails that told of them.
-- name: people_alerted_find
SELECT lane, id FROM effects
WHERE (lane IN ('kafka', 'post') AND CAST(record_key AS TEXT) IN (
        SELECT id FROM alerts WHERE kind = 'login-blocked' AND subject = $1))
    OR (lane = 'alert' AND topic IN (
        SELECT id FROM alerts WHERE kind = 'login-blocked' AND subject = $1))
    OR (lane = 'mail' AND EXISTS (
        SELECT 1 FROM alerts a WHERE a.kind = 'login-blocked' AND a.subject = $1
            AND effects.id LIKE 'alert/' || a.id || '/%'));

-- name: people_alerted_erase
DELETE FROM effects
WHERE $1 <> '' AND ((lane IN ('kafka', 'post') AND CAST(record_key AS TEXT) IN (
        SELECT id FROM alerts WHERE kind = 'login-blocked' AND subject = $2))
    OR (lane = 'alert' AND topic IN (
        SELECT id FROM alerts WHERE kind = 'login-blocked' AND subject = $2))
    OR (lane = 'mail' AND EXISTS (
        SELECT 1 FROM alerts a WHERE a.kind = 'login-blocked' AND a.subject = $2
            AND effects.id LIKE 'alert/' || a.id || '/%')));

-- name: people_alert_mail_find
SELECT id, recipient, template, parameters, status, answer, created_ms FROM mails
WHERE EXISTS (SELECT 1 FROM alerts a WHERE a.kind = 'login-blocked' AND a.subject = $1
    AND mails.id LIKE 'alert/' || a.id || '/%')
ORDER BY turn LIMIT 1000;

-- name: people_alert_mail_erase
UPDATE mails SET parameters = CASE WHEN $1 = '' THEN '' ELSE '{}' END, answer = NULL,
    status = CASE WHEN status IN ('waiting', 'held') THEN 'skipped' ELSE status END
WHERE EXISTS (SELECT 1 FROM alerts a WHERE a.kind = 'login-blocked' AND a.subject = $2
    AND mails.id LIKE 'alert/' || a.id || '/%');

-- name: people_alert_find
SELECT id, kind, subject, details, started_ms, ended_ms FROM alerts
WHERE kind = 'login-blocked' AND subject = $1 ORDER BY started_ms, id LIMIT 1000;

-- name: people_alert_erase
UPDATE alerts SET subject = $1, details = '', about = NULL
WHERE kind = 'login-blocked' AND subject = $2;

-- name: people_alerts_end
UPDATE alerts SET ended_ms = COALESCE(ended_ms, $1), acknowledged_ms = COALESCE(acknowledged_ms, $1),
    status = 'CLEARED_ACK'
WHERE kind = 'login-blocked' AND subject = $2;

-- Alerts in which the pseudonym stands now.
-- name: people_alerts_of
SELECT id FROM alerts
WHERE subject = $1 OR REPLACE(details, $1, '') <> details OR REPLACE(about, $1, '') <> about;

-- name: people_alerts_remove
DELETE FROM alerts WHERE kind = 'login-blocked' AND subject = $1;

-- ---- texts of which a person may be a part: id, a second part of the key or '', the text; and the
-- same again with the text as $1

-- name: people_in_reports
SELECT id, '', note FROM reports WHERE REPLACE(note, $1, '') <> note;

-- name: people_of_reports
UPDATE reports SET note = $1 WHERE id = $2 AND $3 = '';

-- name: people_in_actions
SELECT CAST(id AS TEXT), '', details FROM actions WHERE REPLACE(details, $1, '') <> details;

-- name: people_of_actions
UPDATE actions SET details = $1 WHERE id = CAST($2 AS BIGINT) AND $3 = '';

-- name: people_in_alert_details
SELECT id, '', details FROM alerts WHERE REPLACE(details, $1, '') <> details;

-- name: people_of_alert_details
UPDATE alerts SET details = $1 WHERE id = $2 AND $3 = '';

-- name: people_in_alert_about
SELECT id, '', about FROM alerts WHERE REPLACE(about, $1, '') <> about;

-- name: people_of_alert_about
UPDATE alerts SET about = $1 WHERE id = $2 AND $3 = '';

-- name: people_in_set_aside
SELECT id, '', text FROM set_aside WHERE REPLACE(text, $1, '') <> text;

-- name: people_of_set_aside
UPDATE set_aside SET text = $1 WHERE id = $2 AND $3 = '';

-- name: people_in_members
SELECT id, '', reason FROM members WHERE REPLACE(reason, $1, '') <> reason;

-- name: people_of_members
UPDATE members SET reason = $1 WHERE id = $2 AND $3 = '';

-- name: people_in_mails
SELECT id, '', parameters FROM mails WHERE REPLACE(parameters, $1, '') <> parameters;

-- name: people_of_mails
UPDATE mails SET parameters = $1 WHERE id = $2 AND $3 = '';

-- name: people_in_answers
SELECT id, '', answer FROM mails WHERE REPLACE(answer, $1, '') <> answer;

-- name: people_of_answers
UPDATE mails SET answer = $1 WHERE id = $2 AND $3 = '';

-- name: people_in_orders
SELECT id, '', product FROM orders WHERE REPLACE(product, $1, '') <> product;

-- name: people_of_orders
UPDATE orders SET product = $1 WHERE id = $2 AND $3 = '';

-- name: people_in_requests
SELECT id, '', note FROM people_requests WHERE REPLACE(note, $1, '') <> note;

-- name: people_of_requests
UPDATE people_requests SET note = $1 WHERE id = $2 AND $3 = '';

-- name: people_in_fugitives
SELECT cart, CAST(since_ms AS TEXT), reason FROM fugitives WHERE REPLACE(reason, $1, '') <> reason;

-- name: people_of_fugitives
UPDATE fugitives SET reason = $1 WHERE cart = $2 AND since_ms = CAST($3 AS BIGINT);

-- name: people_in_settings
SELECT cart, name, text FROM cart_settings WHERE REPLACE(text, $1, '') <> text;

-- name: people_of_settings
UPDATE cart_settings SET text = $1 WHERE cart = $2 AND name = $3;

-- Bytes are looked through where they are read: $1 is no text of theirs.
-- name: people_in_idempotency
SELECT id, '', answer FROM idempotency WHERE $1 <> '';

-- name: people_of_idempotency
UPDATE idempotency SET answer = $1 WHERE id = $2 AND $3 = '';

-- name: people_in_effects
SELECT lane, id, value FROM effects WHERE $1 <> '';

-- The key of a dead letter is the key of what it was made of.
-- name: people_of_effects
UPDATE effects SET value = $1,
    record_key = CASE WHEN topic = 'carrito.dead-letters' THEN NULL ELSE record_key END
WHERE lane = $2 AND id = $3;

-- Records that are about nobody else.
-- name: people_in_joining
SELECT lane, id, value FROM effects WHERE topic = 'carrito.members' AND $1 <> '';

-- name: people_in_trying
SELECT lane, id, value FROM effects WHERE topic = 'carrito.login-attempts' AND $1 <> '';

-- name: people_of_own
DELETE FROM effects WHERE $1 IS NOT NULL AND lane = $2 AND id = $3;

-- name: people_in_effects_about
SELECT lane, id, about FROM effects WHERE REPLACE(about, $1, '') <> about;

-- name: people_of_effects_about
UPDATE effects SET about = $1 WHERE lane = $2 AND id = $3;

-- name: people_in_effects_error
SELECT lane, id, error FROM effects WHERE REPLACE(error, $1, '') <> error;

-- name: people_of_effects_error
UPDATE effects SET error = $1 WHERE lane = $2 AND id = $3;

-- name: people_in_applications
SELECT id, '', value FROM applications WHERE $1 <> '';

-- name: people_of_applications
DELETE FROM applications WHERE $1 IS NOT NULL AND id = $2 AND $3 = '';

-- Spellings of an address.
-- name: people_spellings
SELECT email FROM orders WHERE LOWER(email) = $1
UNION SELECT email FROM members WHERE LOWER(email) = $1
UNION SELECT recipient FROM mails WHERE LOWER(recipient) = $1;
