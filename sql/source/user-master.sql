-- Users and their profiles; read by the source "user-master".
CREATE DATABASE IF NOT EXISTS user_db CHARACTER SET utf8mb4;

CREATE TABLE IF NOT EXISTS user_db.users (
  id          BIGINT          NOT NULL,
  email       VARCHAR(190)    NOT NULL,
  name        VARCHAR(100)    NOT NULL,
  user_type   ENUM('basic', 'plus', 'vip') NOT NULL DEFAULT 'basic',
  balance     DECIMAL(12, 2)  NOT NULL DEFAULT 0.00,
  points      BIGINT UNSIGNED NULL,
  active      TINYINT(1)      NOT NULL DEFAULT 1,
  birthday    DATE            NULL,
  created_at  TIMESTAMP       NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at  DATETIME(6)     NOT NULL,
  PRIMARY KEY (id),
  KEY users_by_email (email)
) ENGINE = InnoDB;

CREATE TABLE IF NOT EXISTS user_db.user_profiles (
  user_id     BIGINT          NOT NULL,
  nickname    VARCHAR(60)     NULL,
  bio         TEXT            NULL,
  preferences JSON            NULL,
  avatar      BLOB            NULL,
  rating      FLOAT           NULL,
  wakes_at    TIME            NULL,
  last_seen   TIMESTAMP(3)    NULL DEFAULT NULL,
  updated_at  DATETIME(6)     NOT NULL,
  PRIMARY KEY (user_id)
) ENGINE = InnoDB;
