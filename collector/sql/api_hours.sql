-- What was sold in each hour of a day.

-- Hours since $1, a full hour of the clock at or before the beginning of the day. What was moved to the day by Kafka's time may have a time outside of
-- it: that counts at its beginning or end.
-- name: hours_of_day
SELECT CASE WHEN r.ts_ms < $1 THEN 0 WHEN r.ts_ms >= $2 THEN ($2 - 1 - $1) / 3600000
            ELSE (r.ts_ms - $1) / 3600000 END AS hour,
    CAST(SUM(r.quantity) AS BIGINT), CAST(SUM(COALESCE(r.amount, 0)) AS BIGINT), COUNT(*)
FROM source_days d CROSS JOIN receipts r
WHERE d.day = $3 AND r.source = d.source AND r.seq >= d.first_seq AND r.seq <= d.last_seq
    AND r.day = $3 AND r.kind = 0 AND COALESCE(r.voided, 0) = 0
GROUP BY 1
ORDER BY 1;
