-- Where a MySQL target keeps the records of conflicts (conflict-resolution.audit).
CREATE DATABASE IF NOT EXISTS gravity;

CREATE TABLE IF NOT EXISTS gravity.conflicts (
  id               VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL PRIMARY KEY,
  detected_at      TIMESTAMP(3) NOT NULL,
  class            VARCHAR(255),
  table_name       VARCHAR(255),
  row_key          LONGTEXT,
  strategy         VARCHAR(255),
  decision         VARCHAR(255),
  ours_source      VARCHAR(255),
  ours_time        TIMESTAMP(6) NULL,
  ours_position    VARCHAR(255),
  ours_row         LONGTEXT,
  theirs_source    VARCHAR(255),
  theirs_time      TIMESTAMP(6) NULL,
  theirs_position  VARCHAR(255),
  theirs_operation VARCHAR(255),
  theirs_before    LONGTEXT,
  theirs_row       LONGTEXT,
  decisions        LONGTEXT
) DEFAULT CHARACTER SET utf8mb4;
