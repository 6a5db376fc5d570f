-- Orders and their items; read by the source "order-db".
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
