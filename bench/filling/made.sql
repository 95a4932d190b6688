-- What all the services' rows are made of: numbers.
CREATE TEMP VIEW made_clients AS
SELECT n, md5('client' || n)::uuid AS id, status, name, lower(name) AS match_name,
    CASE WHEN n % 200 = 7 THEN current_setting('bench.rep')::uuid
         WHEN status = 'prospect' AND n % 50 = 3 THEN NULL
         ELSE current_setting('bench.other')::uuid END AS owner_id,
    now() - n * interval '5 minutes' AS created_at
FROM generate_series(0, 99999) AS n,
LATERAL (SELECT
    (ARRAY['prospect', 'active', 'active', 'active', 'inactive', 'churned', 'active'])[1 + n / 200 % 7] AS status,
    (ARRAY['Alpine', 'Bright', 'Copper', 'Delta', 'Ember', 'Falcon', 'Granite', 'Harbor', 'Iron', 'Juniper', 'Kite',
           'Lumen', 'Maple', 'Nova', 'Orchid', 'Pine', 'Quartz', 'River', 'Summit', 'Tidal'])[1 + n % 20] || ' ' ||
    (ARRAY['Foods', 'Robotics', 'Logistics', 'Media', 'Energy', 'Health', 'Travel', 'Studios', 'Partners', 'Software',
           'Textiles', 'Motors', 'Labs'])[1 + n / 20 % 13] || ' ' || n AS name
) AS each;

-- The first 20,000 are open; of the others three in five were won.
CREATE TEMP VIEW made_deals AS
SELECT d, md5('deal' || d)::uuid AS id, d * 37 % 100000 AS n, d > 20000 AS closed,
    CASE WHEN d <= 20000 THEN (ARRAY['lead', 'qualified', 'proposal', 'negotiation'])[1 + d % 4]
         WHEN d % 5 < 3 THEN 'won' ELSE 'lost' END AS stage,
    (100000 + d * 7919 % 9000000)::bigint AS value_minor,
    CASE d % 10 WHEN 0 THEN 'EUR' WHEN 1 THEN 'GBP' ELSE 'USD' END AS currency,
    current_date - d % 400 AS closed_on
FROM generate_series(1, 30000) AS d;

-- Every won deal has an invoice; the others were written by hand.
CREATE TEMP VIEW made_invoices AS
SELECT i, md5('invoice' || i)::uuid AS id, 'INV-B-' || lpad(i::text, 6, '0') AS invoice_number, won.id AS deal_id,
    coalesce(won.n, i * 13 % 100000) AS n, (50000 + i * 6131 % 4000000)::bigint AS amount_minor,
    (ARRAY['draft', 'sent', 'paid', 'paid', 'paid', 'partially_paid', 'sent', 'paid', 'paid', 'void'])[1 + i % 10]
        AS status,
    current_date - i % 700 AS day
FROM generate_series(1, 20000) AS i
LEFT JOIN (SELECT *, row_number() OVER (ORDER BY d)::int AS i FROM made_deals WHERE stage = 'won') AS won USING (i);
