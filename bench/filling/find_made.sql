-- Three deals for each client; the first 60,000 are open.
CREATE TEMP VIEW many_deals AS
SELECT d, md5('deal' || d)::uuid AS id, d * 37 % 100000 AS n, d > 60000 AS closed,
    CASE WHEN d <= 60000 THEN (ARRAY['lead', 'qualified', 'proposal', 'negotiation'])[1 + d % 4]
         WHEN d % 5 < 3 THEN 'won' ELSE 'lost' END AS stage,
    (100000 + d * 7919::bigint % 9000000)::bigint AS value_minor,
    current_date - d % 400 AS closed_on
FROM generate_series(1, 300000) AS d;
