-- Where a MySQL target keeps the report of what checks found and repairs mended (data-quality.report). ClickHouse and Kafka
-- need nothing beforehand. Each parallel task writes its own part of a period; parts add up.
CREATE DATABASE IF NOT EXISTS gravity CHARACTER SET utf8mb4;

CREATE TABLE IF NOT EXISTS gravity.quality (
  id               VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  period_start     TIMESTAMP(3) NOT NULL,
  period_end       TIMESTAMP(3) NOT NULL,
  table_name       VARCHAR(255) NOT NULL COMMENT 'after table-mapping',
  subtask          INT          NOT NULL COMMENT 'which parallel task has counted',
  judged_rows      BIGINT       NOT NULL,
  complete_rows    BIGINT       NOT NULL COMMENT 'no completeness issue',
  accurate_rows    BIGINT       NOT NULL COMMENT 'no format, schema, business-rule or custom issue',
  consistent_rows  BIGINT       NOT NULL COMMENT 'no reference issue and no duplicate',
  faulty_rows      BIGINT       NOT NULL COMMENT 'any issue, repair or duplicate',
  repaired_rows    BIGINT       NOT NULL COMMENT 'of the faulty ones, those without an issue afterwards',
  quarantined_rows BIGINT       NOT NULL COMMENT 'or held with their table',
  completeness     DOUBLE       NOT NULL COMMENT 'complete / judged',
  accuracy         DOUBLE       NOT NULL COMMENT 'accurate / judged',
  consistency      DOUBLE       NOT NULL COMMENT 'consistent / judged',
  repaired         DOUBLE       NOT NULL COMMENT 'repaired / faulty; 1 if none was faulty',
  issues           LONGTEXT     NOT NULL COMMENT 'JSON: rows by check, rule and column',
  repairs          LONGTEXT     NOT NULL COMMENT 'JSON: repairs by rule',
  PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;

CREATE OR REPLACE VIEW gravity.quality_by_period AS
SELECT period_start,
       table_name,
       SUM(judged_rows)                                       AS judged_rows,
       SUM(complete_rows) / SUM(judged_rows)                  AS completeness,
       SUM(accurate_rows) / SUM(judged_rows)                  AS accuracy,
       SUM(consistent_rows) / SUM(judged_rows)                AS consistency,
       IFNULL(SUM(repaired_rows) / NULLIF(SUM(faulty_rows), 0), 1) AS repaired,
       SUM(quarantined_rows)                                  AS quarantined_rows
FROM gravity.quality
GROUP BY period_start, table_name;
