-- A million deals over three years: two thirds closed, three currencies, forty people, six sources, one in twenty
-- without a day or a value. 20,000 clients, of which 500 are the rep's.
INSERT INTO row_access (record_id, owner_id, label, is_open, closed, version)
SELECT md5('many' || n)::uuid, CASE WHEN n % 40 = 7 THEN current_setting('bench.rep')::uuid
       ELSE md5('person' || n % 40)::uuid END, 'Client ' || n, false, false, 1
FROM generate_series(0, 19999) AS n;

INSERT INTO exchange_rates (currency, day, rate, version)
VALUES ('EUR', current_date - 1200, 1.08, 1), ('GBP', current_date - 1200, 1.27, 1);

-- What the audit log would note of each is no part of this; the sums are kept as ever.
ALTER TABLE deals DISABLE TRIGGER audited;
INSERT INTO deals (id, deal_name, client_id, deal_value_minor, currency, stage, stage_since, source,
    expected_close_date, actual_close_date, lost_reason, owner_id, tags, created_on, created_at, updated_at, version)
SELECT md5('million' || d)::uuid, 'Deal ' || d, md5('many' || d * 37 % 20000)::uuid,
    CASE WHEN d % 20 > 0 THEN (100000 + d::bigint * 7919 % 9000000) END,
    CASE d % 10 WHEN 0 THEN 'EUR' WHEN 1 THEN 'GBP' ELSE 'USD' END,
    stage, began + interval '20 days', (ARRAY['referral', 'website', 'event', 'outbound', 'brief_wizard', 'manual'])[1 + d % 6],
    CASE WHEN stage IN ('won', 'lost') OR d % 20 <> 13 THEN closes END,
    CASE WHEN stage IN ('won', 'lost') THEN closes END,
    CASE WHEN stage = 'lost' THEN 'Price' END,
    CASE WHEN d * 37 % 40 = 7 THEN current_setting('bench.rep')::uuid ELSE md5('person' || d * 37 % 40)::uuid END,
    CASE WHEN d % 9 = 0 THEN ARRAY['hot'] ELSE '{}' END, began::date, began, began + interval '20 days', 1
FROM generate_series(1, 1000000) AS d,
LATERAL (SELECT current_timestamp - (1095 - d % 1096) * interval '1 day' - interval '45 days' AS began) AS b,
LATERAL (SELECT CASE WHEN began < current_timestamp - interval '400 days' OR d % 3 > 0
    THEN CASE WHEN began > current_timestamp - interval '50 days' THEN 'lead'
              WHEN d % 7 < 4 THEN 'won' ELSE 'lost' END
    ELSE (ARRAY['lead', 'qualified', 'proposal', 'negotiation'])[1 + d / 3 % 4] END AS stage) AS s,
LATERAL (SELECT CASE WHEN stage IN ('won', 'lost') THEN began::date + 46
    ELSE current_date - 30 + d * 13 % 400 END AS closes) AS c;
ALTER TABLE deals ENABLE TRIGGER audited;
