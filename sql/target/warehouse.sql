-- What the MySQL target holds: the tables routed to it, in the databases they come from.
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

CREATE DATABASE IF NOT EXISTS order_db CHARACTER SET utf8mb4;

CREATE TABLE IF NOT EXISTS order_db.orders (
  id          BIGINT UNSIGNED NOT NULL,
  user_id     BIGINT          NOT NULL,
  status      ENUM('new', 'paid', 'shipped', 'returned') NOT NULL DEFAULT 'new',
  amount      DECIMAL(12, 2)  NOT NULL,
  discount    DECIMAL(5, 4)   NULL,
  currency    CHAR(3)         NOT NULL,
  extras      SET('gift', 'express', 'fragile') NOT NULL DEFAULT '',
  note        VARCHAR(255)    NULL,
  placed_at   DATETIME        NOT NULL,
  paid_at     TIMESTAMP       NULL DEFAULT NULL,
  updated_at  DATETIME(6)     NOT NULL,
  PRIMARY KEY (id),
  KEY orders_by_user (user_id)
) ENGINE = InnoDB;

CREATE TABLE IF NOT EXISTS order_db.order_items (
  order_id    BIGINT UNSIGNED NOT NULL,
  line_no     SMALLINT UNSIGNED NOT NULL,
  sku         VARCHAR(40)     NOT NULL,
  quantity    INT UNSIGNED    NOT NULL,
  unit_price  DECIMAL(10, 4)  NOT NULL,
  weight_kg   DOUBLE          NULL,
  updated_at  DATETIME(6)     NOT NULL,
  PRIMARY KEY (order_id, line_no)
) ENGINE = InnoDB;
