-- Where dead letters go if the quarantine's target is MySQL or MariaDB; ClickHouse and Kafka need nothing beforehand.
-- A target with a `database` of its own expects the table there.
CREATE DATABASE IF NOT EXISTS gravity CHARACTER SET utf8mb4;

CREATE TABLE IF NOT EXISTS gravity.dead_letters (
  id              CHAR(32)     NOT NULL COMMENT 'the same for a change that is read again',
  detected_at     DATETIME(6)  NOT NULL COMMENT 'UTC',
  reason          VARCHAR(40)  NOT NULL COMMENT 'unique-taken, parent-missing, child-present, too-long, null, out-of-range, queue-full, other',
  stage           VARCHAR(40)  NOT NULL,
  target          VARCHAR(190) NULL,
  source          VARCHAR(190) NOT NULL,
  source_position VARCHAR(100) NOT NULL COMMENT 'binlog file, transaction, event, row',
  event_time      DATETIME(6)  NOT NULL COMMENT 'UTC',
  table_name      VARCHAR(190) NOT NULL COMMENT 'after table-mapping',
  row_key         JSON         NOT NULL,
  operation       VARCHAR(10)  NOT NULL,
  row_data        JSON         NOT NULL COMMENT 'before, after',
  message         TEXT         NOT NULL,
  change_data     MEDIUMTEXT   NULL COMMENT 'the change itself, for a replay',
  PRIMARY KEY (id),
  KEY dead_letters_by_time (detected_at),
  KEY dead_letters_by_table (table_name, reason)
) ENGINE = InnoDB;
