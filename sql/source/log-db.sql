-- What was requested, by whom, and how it went; read by the source "log-db".
CREATE DATABASE IF NOT EXISTS log_db CHARACTER SET utf8mb4;

CREATE TABLE IF NOT EXISTS log_db.access_logs (
  id          BIGINT          NOT NULL,
  request_id  BINARY(16)      NOT NULL,
  log_level   ENUM('DEBUG', 'INFO', 'WARN', 'ERROR') NOT NULL,
  user_id     BIGINT          NULL,
  path        VARCHAR(500)    NOT NULL,
  status      SMALLINT UNSIGNED NOT NULL,
  duration_ms DOUBLE          NOT NULL,
  message     TEXT            NULL,
  details     JSON            NULL,
  logged_at   DATETIME(3)     NOT NULL,
  updated_at  DATETIME(6)     NOT NULL,
  PRIMARY KEY (id)
) ENGINE = InnoDB;
