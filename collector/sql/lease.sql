-- Which of several processes does what only one may do.

-- name: lease_read
SELECT owner, beat FROM leases WHERE name = $1;

-- name: lease_make
INSERT INTO leases (name, owner, beat) VALUES ($1, '', 0) ON CONFLICT (name) DO NOTHING;

-- name: lease_take
UPDATE leases SET owner = $1, beat = beat + 1 WHERE name = $2 AND beat = $3;

-- name: lease_renew
UPDATE leases SET beat = beat + 1 WHERE name = $1 AND owner = $2;

-- name: lease_release
UPDATE leases SET owner = '', beat = beat + 1 WHERE name = $1 AND owner = $2;
