-- Events on their way into Kafka.

-- name: event_out_waiting
SELECT value FROM effects WHERE lane = 'kafka' AND id = $1;
