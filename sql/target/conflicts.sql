-- Where a MySQL target keeps the records of conflicts (conflict-resolution.audit). ClickHouse and Kafka need nothing
-- beforehand.
CREATE DATABASE IF NOT EXISTS gravity CHARACTER SET utf8mb4;

CREATE TABLE IF NOT EXISTS gravity.conflicts (
  id               VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL COMMENT 'the same for a change that is read again',
  detected_at      TIMESTAMP(3) NOT NULL,
  class            VARCHAR(255) NOT NULL COMMENT 'insert-exists, update-exists, update-missing, delete-exists, delete-missing, stale-update',
  table_name       VARCHAR(255) NOT NULL COMMENT 'after table-mapping',
  row_key          LONGTEXT     NOT NULL COMMENT 'JSON',
  strategy         VARCHAR(255) NOT NULL,
  decision         VARCHAR(255) NOT NULL COMMENT 'ours, theirs, merged, stopped',
  ours_source      VARCHAR(255) NULL COMMENT 'whose change stood, none if nothing was known of the row',
  ours_time        TIMESTAMP(6) NULL,
  ours_position    VARCHAR(255) NULL COMMENT 'binlog file, transaction, event, row',
  ours_row         LONGTEXT     NULL COMMENT 'JSON, if the strategy keeps rows',
  theirs_source    VARCHAR(255) NOT NULL COMMENT 'whose change came',
  theirs_time      TIMESTAMP(6) NULL,
  theirs_position  VARCHAR(255) NOT NULL,
  theirs_operation VARCHAR(255) NOT NULL,
  theirs_before    LONGTEXT     NULL COMMENT 'JSON',
  theirs_row       LONGTEXT     NULL COMMENT 'JSON',
  decisions        LONGTEXT     NULL COMMENT 'JSON: of a merged row, the rule of each field that differed',
  PRIMARY KEY (id),
  KEY conflicts_by_time (detected_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
