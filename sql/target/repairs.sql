-- Where a MySQL target keeps the record of what was repaired (auto-repair.audit). ClickHouse and Kafka need nothing
-- beforehand.
CREATE DATABASE IF NOT EXISTS gravity CHARACTER SET utf8mb4;

CREATE TABLE IF NOT EXISTS gravity.repairs (
  id           VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL COMMENT 'the same for a change that is read again',
  repaired_at  TIMESTAMP(3) NOT NULL,
  table_name   VARCHAR(255) NOT NULL COMMENT 'after table-mapping',
  row_key      LONGTEXT     NOT NULL COMMENT 'JSON',
  source       VARCHAR(255) NOT NULL,
  event_time   TIMESTAMP(6) NOT NULL,
  position     VARCHAR(255) NOT NULL COMMENT 'binlog file, transaction, event, row',
  operation    VARCHAR(255) NOT NULL,
  field        VARCHAR(255) NULL COMMENT 'NULL: the whole row stood back as a duplicate',
  value_before LONGTEXT     NULL,
  value_after  LONGTEXT     NULL,
  rule         VARCHAR(255) NOT NULL COMMENT 'strategy or function',
  PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
