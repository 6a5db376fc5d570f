-- Gravity's functions in Flink SQL: rows are cleaned here as a job cleans them. In Flink's SQL client:
--   sql-client.sh -D sql-client.execution.result-mode=tableau --jar job/target/gravity-job-0.1.0-SNAPSHOT-all.jar \
--     --file sql/functions.sql
-- Jars with functions of your own are further --jar; they have to be there when the module is loaded.
LOAD MODULE gravity;

CREATE TEMPORARY VIEW contacts (id, email, phone, country, joined, spent) AS
SELECT * FROM (VALUES
  (1, ' Ann@Example.ORG ', '138 0013 8000', 'Germany', '31.01.2026', '1.234,50'),
  (2, 'mailto:bob@example.org', '+1 650-253-0000', '中国', '2026年2月3日', '¥99'),
  (3, 'nobody', '12', 'Atlantis', 'some day', 'much')
);

-- What a function can do nothing with becomes NULL.
SELECT
  id,
  normalize_email(email)                 AS email,
  normalize_phone(phone)                 AS phone,
  country_code(country)                  AS country,
  CAST(normalize_date(joined) AS DATE)   AS joined,
  CAST(parse_number(spent) AS DECIMAL(12, 2)) AS spent
FROM contacts;

-- Personal data leaves in another form, and the same everywhere.
SELECT mask_partial(TRIM(email)) AS email, LEFT(hash_sha256(normalize_phone(phone)), 8) AS phone
FROM contacts
WHERE normalize_phone(phone) IS NOT NULL;

SELECT canonical_json('{"b": 1.0, "a": [true, null]}') AS json, to_null(id) AS nothing FROM contacts WHERE id = 1;
