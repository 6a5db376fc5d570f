-- Where a MySQL target keeps the duplicates that were found (data-quality.realtime-checks.duplicate-detection,
-- action: store). ClickHouse and Kafka need nothing beforehand.
CREATE DATABASE IF NOT EXISTS gravity CHARACTER SET utf8mb4;

CREATE TABLE IF NOT EXISTS gravity.duplicates (
  id             VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL COMMENT 'the same for a change that is read again',
  detected_at    TIMESTAMP(3) NOT NULL,
  table_name     VARCHAR(255) NOT NULL COMMENT 'after table-mapping',
  row_key        LONGTEXT     NOT NULL COMMENT 'JSON',
  first_source   VARCHAR(255) NOT NULL,
  first_time     TIMESTAMP(6) NOT NULL,
  first_position VARCHAR(255) NOT NULL COMMENT 'binlog file, transaction, event, row',
  source         VARCHAR(255) NOT NULL,
  event_time     TIMESTAMP(6) NOT NULL,
  position       VARCHAR(255) NOT NULL,
  operation      VARCHAR(255) NOT NULL,
  row_before     LONGTEXT     NULL COMMENT 'JSON',
  row_after      LONGTEXT     NULL COMMENT 'JSON',
  PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
