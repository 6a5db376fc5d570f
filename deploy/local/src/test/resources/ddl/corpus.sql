-- Statements of every kind, in the order in which they are run. A line that begins with two dashes is not run; a
-- statement ends with a line that is a semicolon alone, since comments inside of statements are part of the matter.

-- columns
CREATE TABLE c (id BIGINT NOT NULL PRIMARY KEY, a INT NOT NULL, b VARCHAR(20)) CHARACTER SET utf8mb4
;
INSERT INTO c VALUES (1, 1, 'one'), (2, 2, 'two'), (3, 3, NULL)
;
ALTER TABLE c ADD COLUMN d INT
;
INSERT INTO c VALUES (4, 4, 'four', 44), (5, 5, 'five', NULL)
;
ALTER TABLE c ADD e VARCHAR(30) NOT NULL DEFAULT 'it''s, a; default' COMMENT 'a, comment; with /* odd */ -- signs'
;
INSERT INTO c (id, a, e) VALUES (6, 6, DEFAULT), (7, 7, 'seven')
;
ALTER TABLE c ADD COLUMN first_of_all INT FIRST, ADD COLUMN behind_a INT NULL DEFAULT 5 AFTER a
;
INSERT INTO c (id, a, behind_a, first_of_all) VALUES (8, 8, 88, 888), (9, 9, NULL, NULL)
;
ALTER TABLE c ADD (p INT, q DECIMAL(12,3) DEFAULT 1.5)
;
INSERT INTO c (id, a, p, q) VALUES (10, 10, 100, 12345.678)
;
ALTER TABLE c MODIFY a BIGINT
;
INSERT INTO c (id, a, e) VALUES (11, NULL, 'a is NULL')
;
UPDATE c SET a = NULL WHERE id = 2
;
ALTER TABLE c MODIFY COLUMN b VARCHAR(60) CHARACTER SET utf8mb4 DEFAULT NULL AFTER id
;
INSERT INTO c (id, b) VALUES (12, 'longer than twenty characters it is')
;
ALTER TABLE c CHANGE d d2 BIGINT COMMENT 'was d'
;
INSERT INTO c (id, d2) VALUES (13, 9000000000), (14, NULL)
;
UPDATE c SET d2 = 0 WHERE d2 IS NULL
;
ALTER TABLE c CHANGE COLUMN d2 d3 BIGINT NOT NULL DEFAULT 0, DROP COLUMN p
;
INSERT INTO c (id, d3) VALUES (15, 15)
;
ALTER TABLE c RENAME COLUMN e TO e_renamed
;
INSERT INTO c (id, e_renamed) VALUES (16, 'after the rename')
;
ALTER TABLE c ALTER COLUMN d3 SET DEFAULT 7
;
INSERT INTO c (id) VALUES (17)
;
ALTER TABLE c ALTER d3 DROP DEFAULT
;
INSERT INTO c (id, d3) VALUES (18, 18)
;
ALTER TABLE c DROP first_of_all
;
INSERT INTO c (id, d3) VALUES (19, 19)
;
ALTER TABLE `c` ADD COLUMN `select` INT, ADD COLUMN `odd name, with ; signs` VARCHAR(10) DEFAULT '`'
;
INSERT INTO c (id, d3, `select`) VALUES (20, 20, 200)
;
ALTER TABLE c DROP COLUMN `select`, MODIFY `odd name, with ; signs` VARCHAR(12)
;
INSERT INTO c (id, d3, `odd name, with ; signs`) VALUES (21, 21, NULL)
;
alter /* a comment */ table /* another, with ALTER TABLE c DROP b */ c -- and one to the end of the line
  add column lower_case int # and another
;
INSERT INTO c (id, d3, lower_case) VALUES (22, 22, 2222)
;
ALTER TABLE c /*!40101 ADD COLUMN executed INT DEFAULT 40101 */
;
INSERT INTO c (id, d3, executed) VALUES (23, 23, NULL)
;
ALTER TABLE c ADD COLUMN not_executed_next INT /*!999999 , DROP COLUMN b */
;
INSERT INTO c (id, d3, b) VALUES (24, 24, 'b is still there')
;
ALTER TABLE c MODIFY q DECIMAL(20,3) NULL DEFAULT 2.5, ADD UNIQUE INDEX u (d3, id), ADD COLUMN z INT, ALGORITHM=COPY
;
INSERT INTO c (id, d3, q, z) VALUES (25, 25, NULL, 1)
;
ALTER TABLE c ADD COLUMN g BIGINT AS (d3 * 2) STORED, ADD COLUMN v BIGINT GENERATED ALWAYS AS (d3 + 1) VIRTUAL
;
INSERT INTO c (id, d3) VALUES (26, 26)
;
UPDATE c SET d3 = 260 WHERE id = 26
;
ALTER TABLE c DROP COLUMN v
;
INSERT INTO c (id, d3) VALUES (27, 27)
;
ALTER TABLE c COMMENT = 'a table, with a comment; ALTER TABLE c DROP b'
;
ALTER TABLE c CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci
;
INSERT INTO c (id, d3, b) VALUES (28, 28, 'naïve 😀')
;
ALTER TABLE c DEFAULT CHARACTER SET latin1
;
ALTER TABLE c ADD COLUMN l VARCHAR(10)
;
INSERT INTO c (id, d3, l) VALUES (29, 29, 'é')
;
ALTER TABLE c ADD COLUMN en ENUM('a','b, c','d''e') DEFAULT 'a', ADD COLUMN st SET('x','y') NULL
;
INSERT INTO c (id, d3, en, st) VALUES (30, 30, 'd''e', 'x,y'), (31, 31, NULL, NULL)
;
ALTER TABLE c MODIFY en ENUM('a','b, c','d''e','new') DEFAULT 'a'
;
INSERT INTO c (id, d3, en) VALUES (32, 32, 'new')
;
ALTER TABLE c ADD COLUMN ts TIMESTAMP(3) NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3), ADD COLUMN js JSON
;
INSERT INTO c (id, d3, js) VALUES (33, 33, '{"a": 1}')
;
UPDATE c SET d3 = 13 WHERE id = 13
;
ALTER TABLE c MODIFY d3 INT NOT NULL FIRST, MODIFY a BIGINT AFTER d3
;
INSERT INTO c (id, d3, a) VALUES (34, 34, NULL)
;
ALTER TABLE c CHANGE a x BIGINT, CHANGE b y VARCHAR(60) CHARACTER SET utf8mb4
;
INSERT INTO c (id, d3, x, y) VALUES (35, 35, 350, 'y was b')
;
DELETE FROM c WHERE id IN (1, 8)
;
ALTER TABLE c ADD COLUMN `one``tick` INT DEFAULT 3, ADD COLUMN handed INT DEFAULT 4
;
INSERT INTO c (id, d3, `one``tick`, handed) VALUES (40, 40, 400, 4000)
;
ALTER TABLE c CHANGE handed handed_on INT, CHANGE `one``tick` handed INT
;
INSERT INTO c (id, d3, handed, handed_on) VALUES (41, 41, 401, 4001)
;
CREATE TABLE charsets (id INT PRIMARY KEY, a VARCHAR(20), b VARCHAR(20) CHARACTER SET utf8mb4) DEFAULT CHARSET=latin1
;
INSERT INTO charsets VALUES (1, 'é latin1', 'é 😀')
;
ALTER TABLE charsets CONVERT TO CHARACTER SET utf8mb4, ADD COLUMN c TEXT
;
INSERT INTO charsets VALUES (2, 'é 😀', 'ü', 'ö 😀')
;
ALTER TABLE charsets COLLATE latin1_swedish_ci
;
ALTER TABLE charsets ADD d VARCHAR(9), MODIFY a VARCHAR(30) CHARACTER SET utf8mb4
;
INSERT INTO charsets VALUES (3, '😀', 'é', 'é', 'é')
;
ALTER DATABASE ${db} CHARACTER SET latin1
;
CREATE TABLE inherited (id INT PRIMARY KEY, a VARCHAR(20)) ENGINE=InnoDB
;
INSERT INTO inherited VALUES (1, 'é')
;
ALTER DATABASE ${db} CHARACTER SET utf8mb4
;
ALTER TABLE inherited ADD b TEXT
;
INSERT INTO inherited VALUES (2, 'ü', 'ö')
;

-- indexes, keys and constraints
CREATE INDEX by_x ON c (x)
;
INSERT INTO c (id, d3) VALUES (36, 36)
;
CREATE UNIQUE INDEX by_both ON c (x, id)
;
DROP INDEX by_x ON c
;
ALTER TABLE c ADD INDEX (z), ADD FULLTEXT INDEX ft (y), ADD KEY `key, with comma` (lower_case)
;
ALTER TABLE c DROP INDEX by_both, DROP KEY `key, with comma`
;
ALTER TABLE c ADD CONSTRAINT positive CHECK (id > 0)
;
ALTER TABLE c DROP CONSTRAINT positive
;
ALTER TABLE c RENAME INDEX u TO u2
;
INSERT INTO c (id, d3) VALUES (37, 37)
;
CREATE TABLE k (id INT NOT NULL, part VARCHAR(10) NOT NULL, v INT, PRIMARY KEY (id))
;
INSERT INTO k VALUES (1, 'a', 1), (2, 'b', 2)
;
UPDATE k SET v = 20 WHERE id = 2
;
ALTER TABLE k MODIFY v BIGINT UNSIGNED DEFAULT 18446744073709551615
;
INSERT INTO k (id, part) VALUES (4, 'x')
;

-- what concerns no columns
ALTER TABLE c ENGINE=InnoDB
;
ALTER TABLE c ROW_FORMAT=DYNAMIC, AUTO_INCREMENT=100
;
OPTIMIZE TABLE c
;
ANALYZE TABLE c
;
FLUSH TABLES
;
CREATE VIEW view_of_c AS SELECT id, y FROM c
;
CREATE OR REPLACE VIEW view_of_c AS SELECT id FROM c
;
DROP VIEW view_of_c
;
CREATE USER 'somebody'@'%' IDENTIFIED BY 'ALTER TABLE c DROP a;'
;
GRANT SELECT ON *.* TO 'somebody'@'%'
;
REVOKE SELECT ON *.* FROM 'somebody'@'%'
;
DROP USER 'somebody'@'%'
;
CREATE PROCEDURE adds(n INT) BEGIN DECLARE i INT DEFAULT 0; WHILE i < n DO INSERT INTO c (id, d3) VALUES (1000 + i, i); SET i = i + 1; END WHILE; END
;
CALL adds(3)
;
DROP PROCEDURE adds
;
CREATE TRIGGER copies AFTER INSERT ON c FOR EACH ROW INSERT INTO k (id, part) VALUES (NEW.id + 10000, 'trigger')
;
INSERT INTO c (id, d3) VALUES (38, 38)
;
DROP TRIGGER copies
;
CREATE EVENT later ON SCHEDULE EVERY 1 DAY DO DELETE FROM c
;
DROP EVENT later
;
CREATE FUNCTION twice(n INT) RETURNS INT DETERMINISTIC RETURN 2 * n
;
DROP FUNCTION twice
;
SET @a = 1
;
CREATE TEMPORARY TABLE c_tmp (id INT PRIMARY KEY)
;
DROP TEMPORARY TABLE c_tmp
;

-- tables
CREATE TABLE IF NOT EXISTS c (id VARCHAR(3) PRIMARY KEY)
;
INSERT INTO c (id, d3) VALUES (39, 39)
;
CREATE TABLE `new table` (`the id` INT PRIMARY KEY, `a b` TEXT)
;
INSERT INTO `new table` VALUES (1, 'one')
;
CREATE TABLE like_k LIKE k
;
INSERT INTO like_k SELECT * FROM k
;
CREATE TABLE selected (PRIMARY KEY (id)) AS SELECT id, part FROM k
;
INSERT INTO selected VALUES (77, 'behind')
;
CREATE TABLE partitioned (id INT NOT NULL, v INT, PRIMARY KEY (id)) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (100), PARTITION p1 VALUES LESS THAN MAXVALUE)
;
INSERT INTO partitioned VALUES (1, 1), (200, 2)
;
ALTER TABLE partitioned REORGANIZE PARTITION p1 INTO (PARTITION p1 VALUES LESS THAN (300), PARTITION p2 VALUES LESS THAN MAXVALUE)
;
ALTER TABLE partitioned ADD COLUMN w INT
;
INSERT INTO partitioned VALUES (400, 4, 44)
;
ALTER TABLE partitioned REMOVE PARTITIONING
;
CREATE TABLE emptied (id INT PRIMARY KEY, v INT)
;
INSERT INTO emptied VALUES (1, 1), (2, 2), (3, 3)
;
UPDATE emptied SET v = 10 WHERE id = 1
;
TRUNCATE TABLE emptied
;
INSERT INTO emptied VALUES (2, 22), (4, 4)
;
TRUNCATE emptied
;
INSERT INTO emptied VALUES (5, 5)
;
CREATE TABLE brief (id INT PRIMARY KEY)
;
INSERT INTO brief VALUES (1)
;
DROP TABLE brief
;
CREATE TABLE brief (id VARCHAR(10) PRIMARY KEY, v INT)
;
DROP TABLE IF EXISTS brief, not_there
;
CREATE DATABASE IF NOT EXISTS another_of_${db}
;
CREATE TABLE another_of_${db}.t (id INT PRIMARY KEY)
;
ALTER TABLE another_of_${db}.t ADD COLUMN v INT
;
DROP DATABASE another_of_${db}
;

-- as gh-ost does it
CREATE TABLE online (id INT PRIMARY KEY, v INT NOT NULL)
;
INSERT INTO online VALUES (1, 1), (2, 2)
;
CREATE TABLE _online_ghc (id BIGINT AUTO_INCREMENT, hint VARCHAR(64) NOT NULL, PRIMARY KEY (id), UNIQUE KEY h (hint)) COMMENT 'gh-ost'
;
CREATE /* gh-ost */ TABLE _online_gho LIKE online
;
ALTER /* gh-ost */ TABLE _online_gho ADD COLUMN w VARCHAR(10), MODIFY v BIGINT
;
INSERT INTO _online_gho (id, v) SELECT id, v FROM online
;
CREATE TABLE _online_del (id INT PRIMARY KEY) COMMENT 'ghost-cut-over-sentry'
;
DROP TABLE _online_del
;
RENAME /* gh-ost */ TABLE online TO _online_del, _online_gho TO online
;
INSERT INTO online VALUES (3, NULL, 'three')
;
UPDATE online SET w = 'one', v = NULL WHERE id = 1
;
DROP TABLE _online_ghc
;
DROP TABLE _online_del
;

-- as pt-online-schema-change does it
CREATE TABLE _online_new (id INT PRIMARY KEY, v BIGINT, w VARCHAR(10))
;
ALTER TABLE _online_new ADD COLUMN pt INT DEFAULT 1, DROP COLUMN v
;
CREATE TRIGGER pt_osc_ins AFTER INSERT ON online FOR EACH ROW REPLACE INTO _online_new (id, w) VALUES (NEW.id, NEW.w)
;
INSERT LOW_PRIORITY IGNORE INTO _online_new (id, w) SELECT id, w FROM online
;
INSERT INTO online VALUES (4, 4, 'four')
;
RENAME TABLE online TO _online_old, _online_new TO online
;
INSERT INTO online VALUES (5, 'five', 55)
;
DROP TABLE IF EXISTS _online_old
;
UPDATE online SET pt = 2
;
