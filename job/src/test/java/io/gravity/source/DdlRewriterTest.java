package io.gravity.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.event.TableId;
import io.gravity.source.DdlRewriter.CharacterSet;
import io.gravity.source.DdlRewriter.Renaming;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DdlRewriterTest {
    private static final TableId ORDERS = TableId.parse("shop.orders");
    private static final String DEFINITION = "CREATE TABLE <as it is now>";
    private static final String FORGET = DdlRewriter.FORGET + "`shop`.`orders`";

    private final Known catalog = new Known();
    private final DdlRewriter rewriter = new DdlRewriter(DdlText.Server.of("11.4.5-MariaDB-log"), catalog);

    @BeforeEach
    void know() {
        catalog.tables.put(ORDERS, Set.of("id", "amount", "note"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE USER 'a'@'%' IDENTIFIED BY 'alter table orders drop note'",
                "GRANT SELECT ON shop.orders TO a",
                "CREATE VIEW v AS SELECT * FROM orders",
                "CREATE OR REPLACE ALGORITHM=MERGE VIEW v AS SELECT 1",
                "CREATE PROCEDURE p() BEGIN ALTER TABLE orders DROP note; END",
                "CREATE DEFINER=`root`@`%` TRIGGER t AFTER INSERT ON orders FOR EACH ROW SET @a = 1",
                "CREATE INDEX i ON orders (note)",
                "DROP INDEX i ON orders",
                "ALTER TABLE orders ADD INDEX i (note), ALGORITHM=INPLACE, LOCK=NONE",
                "ALTER TABLE orders ENGINE=InnoDB",
                "ALTER TABLE orders COMMENT 'a, b'",
                "ALTER TABLE orders ADD CONSTRAINT c CHECK (amount > 0)",
                "ALTER TABLE orders DROP FOREIGN KEY f",
                "ALTER TABLE orders DROP PARTITION p1",
                "ALTER TABLE other DROP note",
                "CREATE TABLE other (id INT PRIMARY KEY)",
                "CREATE TEMPORARY TABLE orders (id INT)",
                "CREATE TABLE IF NOT EXISTS orders (id VARCHAR(5) PRIMARY KEY)",
                "DROP TABLE IF EXISTS other, another",
                "DROP DATABASE other",
                "TRUNCATE other",
                "RENAME TABLE other TO another",
                "ANALYZE TABLE orders",
                "/* nothing */",
                "ALTER TABLE orders ADD COLUMN IF NOT EXISTS note INT",
                "ALTER TABLE orders DROP COLUMN IF EXISTS gone",
                "ALTER TABLE orders /*!80000 DROP note */",
            })
    void whatChangesNoColumnsIsNotTold(String sql) {
        assertThat(rewriter.rewrite("shop", sql)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    ALTER TABLE orders ADD c INT | ALTER TABLE `shop`.`orders` ADD c INT
                    alter table `orders` add column `c d` varchar(3) default ',' first | ALTER TABLE `shop`.`orders` add column `c d` varchar(3) default ',' first
                    ALTER TABLE shop.orders /* c, DROP d */ ADD c INT, -- e | ALTER TABLE `shop`.`orders` ADD c INT
                    ALTER TABLE `shop` . `orders` DROP note, ADD INDEX (id), DROP COLUMN amount | ALTER TABLE `shop`.`orders` DROP note, DROP COLUMN amount
                    ALTER TABLE orders /*!50100 DROP note */ | ALTER TABLE `shop`.`orders` DROP note
                    ALTER TABLE orders /*M!100100 DROP note */ | ALTER TABLE `shop`.`orders` DROP note
                    ALTER ONLINE TABLE orders DROP note | ALTER TABLE `shop`.`orders` DROP note
                    ALTER TABLE IF EXISTS orders WAIT 5 DROP note | ALTER TABLE `shop`.`orders` DROP note
                    SET STATEMENT max_statement_time=60 FOR ALTER TABLE orders DROP note | ALTER TABLE `shop`.`orders` DROP note
                    ALTER TABLE orders ADD (c INT, d INT) | ALTER TABLE `shop`.`orders` ADD (c INT, d INT)
                    ALTER TABLE orders DROP PRIMARY KEY, ADD PRIMARY KEY (note) | ALTER TABLE `shop`.`orders` DROP PRIMARY KEY, ADD PRIMARY KEY (note)
                    ALTER TABLE orders RENAME COLUMN note TO remark | ALTER TABLE `shop`.`orders` CHANGE COLUMN `note` `remark` VARCHAR(20) NULL
                    TRUNCATE orders | TRUNCATE TABLE `shop`.`orders`
                    """)
    void whatChangesColumnsIsToldInOtherWords(String sql, String told) {
        assertThat(rewriter.rewrite("shop", sql)).containsExactly(told.strip());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    MODIFY note BIGINT | MODIFY note BIGINT NULL
                    MODIFY COLUMN note BIGINT DEFAULT NULL AFTER id | MODIFY COLUMN note BIGINT DEFAULT NULL NULL AFTER id
                    MODIFY note INT COMMENT 'NOT NULL' FIRST | MODIFY note INT COMMENT 'NOT NULL' NULL FIRST
                    CHANGE note remark TEXT | CHANGE note remark TEXT NULL
                    MODIFY note INT NOT NULL | MODIFY note INT NOT NULL
                    MODIFY note INT NULL DEFAULT 5 | MODIFY note INT NULL DEFAULT 5
                    MODIFY id INT PRIMARY KEY | MODIFY id INT PRIMARY KEY
                    """)
    void aColumnThatIsNotSaidToBeNotNullMayBeNull(String clause, String told) {
        assertThat(rewriter.rewrite("shop", "ALTER TABLE orders " + clause))
                .containsExactly("ALTER TABLE `shop`.`orders` " + told);
    }

    @Test
    void aTableThatIsCreatedIsWhatTheStatementSays() {
        var create = "CREATE TABLE `shop`.`orders` (id INT PRIMARY KEY) ENGINE=InnoDB";
        assertThat(rewriter.rewrite("shop", "CREATE TABLE orders (id INT PRIMARY KEY) ENGINE=InnoDB"))
                .as("known as it is now, since a reader has just begun")
                .containsExactly(FORGET, create);
        assertThat(rewriter.rewrite("shop", "CREATE OR REPLACE TABLE orders (id INT PRIMARY KEY) ENGINE=InnoDB"))
                .containsExactly("DROP TABLE `shop`.`orders`", create);
        catalog.tables.clear();
        assertThat(rewriter.rewrite("shop", "CREATE TABLE orders (id INT PRIMARY KEY) ENGINE=InnoDB"))
                .containsExactly(create);
    }

    @Test
    void statementsAboutSeveralTablesAreToldOneByOne() {
        catalog.read.add(TableId.parse("shop.users"));
        catalog.tables.put(TableId.parse("shop.users"), Set.of("id"));
        assertThat(rewriter.rewrite("shop", "DROP TABLE IF EXISTS orders, other, `shop`.users CASCADE"))
                .containsExactly("DROP TABLE `shop`.`orders`", "DROP TABLE `shop`.`users`");
        assertThat(rewriter.rewrite("crm", "DROP DATABASE IF EXISTS `shop`"))
                .containsExactlyInAnyOrder("DROP TABLE `shop`.`orders`", "DROP TABLE `shop`.`users`");
    }

    @ParameterizedTest
    @CsvSource({
        "'RENAME TABLE orders TO _orders_del, _orders_gho TO orders',_orders_gho",
        "'RENAME TABLE `shop`.`orders` TO `shop`.`_orders_old`, `shop`.`_orders_new` TO `shop`.`orders`',_orders_new"
    })
    void aTableThatTakesAnothersPlaceIsToldAsItIsNow(String sql, String by) {
        assertThat(rewriter.rewrite("shop", sql)).containsExactly(FORGET, DEFINITION);
        assertThat(catalog.heard).contains("replaced shop.orders shop." + by);
    }

    @Test
    void aTableThatIsRenamedAwayIsDropped() {
        assertThat(rewriter.rewrite("shop", "RENAME TABLE orders TO archive.orders_2024"))
                .containsExactly("DROP TABLE `shop`.`orders`");
        assertThat(rewriter.rewrite("shop", "ALTER TABLE orders ADD c INT, RENAME TO other"))
                .containsExactly("ALTER TABLE `shop`.`orders` ADD c INT", "DROP TABLE `shop`.`orders`");
    }

    @Test
    void aTableThatGetsAnotherReadNameKeepsItsColumns() {
        catalog.read.add(TableId.parse("shop.sales"));
        assertThat(rewriter.rewrite("shop", "RENAME TABLE orders TO sales"))
                .containsExactly("CREATE TABLE `shop`.`sales` LIKE `shop`.`orders`", "DROP TABLE `shop`.`orders`");
    }

    @Test
    void aStepInTheMiddleOfARenameDoesNotCount() {
        var users = TableId.parse("shop.users");
        catalog.read.add(users);
        catalog.tables.put(users, Set.of("id"));
        assertThat(rewriter.rewrite("shop", "RENAME TABLE orders TO tmp, users TO orders, tmp TO users"))
                .containsExactlyInAnyOrder(
                        FORGET,
                        "CREATE TABLE shop.orders AS OF shop.users",
                        DdlRewriter.FORGET + "`shop`.`users`",
                        "CREATE TABLE shop.users AS OF shop.orders");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin | utf8mb4 true
                    convert to charset latin1 | latin1 true
                    DEFAULT CHARACTER SET latin1 | latin1 false
                    DEFAULT CHARSET = 'latin1' COLLATE=latin1_bin | latin1 false
                    ENGINE=InnoDB CHARACTER SET = latin1 | latin1 false
                    COLLATE utf8mb4_unicode_ci | utf8mb4 false
                    """)
    void aTableThatGetsAnotherCharacterSetIsToldAnew(String clause, String told) {
        assertThat(rewriter.rewrite("shop", "ALTER TABLE orders " + clause))
                .containsExactly(FORGET, "CREATE TABLE shop.orders AS OF shop.orders " + told);
    }

    @Test
    void aCharacterSetThatOnlyTheServerKnowsIsAskedOf() {
        assertThat(rewriter.rewrite("shop", "ALTER TABLE orders CONVERT TO CHARACTER SET DEFAULT"))
                .containsExactly(FORGET, DEFINITION);
        assertThat(rewriter.rewrite("shop", "ALTER TABLE orders COLLATE uca1400_ai_ci"))
                .as("one for each character set")
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    (a TEXT) | (a TEXT) DEFAULT CHARACTER SET latin1
                    (a VARCHAR(9), PRIMARY KEY (a)) ENGINE=InnoDB PARTITION BY KEY (a) | (a VARCHAR(9), PRIMARY KEY (a)) DEFAULT CHARACTER SET latin1 ENGINE=InnoDB PARTITION BY KEY (a)
                    (a TEXT CHARACTER SET utf8mb4) COMMENT 'CHARSET x' | (a TEXT CHARACTER SET utf8mb4) DEFAULT CHARACTER SET latin1 COMMENT 'CHARSET x'
                    (a TEXT) CHARSET=utf8mb4 | (a TEXT) CHARSET=utf8mb4
                    (a TEXT) COLLATE=utf8mb4_bin | (a TEXT) DEFAULT CHARACTER SET utf8mb4 COLLATE=utf8mb4_bin
                    """)
    void aTableThatSaysNoCharacterSetHasItsDatabases(String definition, String told) {
        catalog.tables.clear();
        catalog.charset = "latin1";
        assertThat(rewriter.rewrite("shop", "CREATE TABLE orders " + definition))
                .containsExactly("CREATE TABLE `shop`.`orders` " + told);
    }

    @Test
    void hearsOfCharacterSetsOfDatabases() {
        rewriter.rewrite("shop", "ALTER DATABASE `shop` DEFAULT CHARACTER SET = latin1");
        rewriter.rewrite("shop", "ALTER SCHEMA CHARACTER SET utf8mb4");
        rewriter.rewrite("", "CREATE DATABASE IF NOT EXISTS crm COLLATE latin1_bin");
        rewriter.rewrite("", "CREATE DATABASE plain");
        assertThat(catalog.heard).containsExactly("charset shop latin1", "charset shop utf8mb4", "charset crm latin1");
    }

    @Test
    void columnsThatComeWithACharacterSetComeBehindIt() {
        assertThat(rewriter.rewrite("shop", "ALTER TABLE orders DEFAULT CHARSET latin1, ADD c VARCHAR(3), DROP note"))
                .containsExactly(
                        FORGET,
                        "CREATE TABLE shop.orders AS OF shop.orders latin1 false",
                        "ALTER TABLE `shop`.`orders` ADD c VARCHAR(3), DROP note");
    }

    @Test
    void aCharacterSetOfAColumnIsNotTheTables() {
        assertThat(rewriter.rewrite("shop", "ALTER TABLE orders ADD c VARCHAR(3) CHARACTER SET latin1"))
                .containsExactly("ALTER TABLE `shop`.`orders` ADD c VARCHAR(3) CHARACTER SET latin1");
    }

    @Test
    void aTableBesideIsFollowedUntilItTakesAnothersPlace() {
        var shadow = TableId.parse("shop._orders_gho");
        assertThat(rewriter.rewrite("shop", "CREATE TABLE _orders_gho LIKE orders"))
                .isEmpty();
        assertThat(rewriter.rewrite("shop", "ALTER TABLE _orders_gho MODIFY note TEXT, ADD INDEX (note)"))
                .isEmpty();
        assertThat(catalog.tables).containsKey(shadow);
        assertThat(catalog.heard)
                .containsExactly(
                        "follow shop._orders_gho [CREATE TABLE shop._orders_gho AS OF shop.orders]",
                        "follow shop._orders_gho [ALTER TABLE `shop`.`_orders_gho` MODIFY note TEXT NULL]");
        catalog.heard.clear();
        assertThat(rewriter.rewrite("shop", "RENAME TABLE orders TO _orders_del, _orders_gho TO orders"))
                .containsExactly(FORGET, "CREATE TABLE shop.orders AS OF shop._orders_gho");
        assertThat(catalog.heard)
                .containsExactly(
                        "replaced shop.orders shop._orders_gho",
                        "follow shop._orders_gho [DROP TABLE `shop`.`_orders_gho`]",
                        "follow shop._orders_del [CREATE TABLE shop._orders_del AS OF shop.orders]");
    }

    @Test
    void columnsThatSwapTheirNamesAreToldAsTheyAreNow() {
        assertThat(rewriter.rewrite("shop", "ALTER TABLE orders CHANGE note amount INT, CHANGE amount note INT"))
                .containsExactly(FORGET, DEFINITION);
    }

    @Test
    void whatTheConnectorDoesNotUnderstandIsReplacedAndReported() {
        catalog.understands = false;
        assertThat(rewriter.rewrite("shop", "ALTER TABLE orders ADD v VECTOR(3) NOT NULL"))
                .containsExactly(FORGET, DEFINITION);
        assertThat(catalog.heard)
                .containsExactly(
                        "not understood shop.orders ALTER TABLE `shop`.`orders` ADD v VECTOR(3) NOT NULL true");
    }

    @Test
    void aTableThatLosesItsKeyKeepsIt() {
        assertThat(rewriter.rewrite("shop", "ALTER TABLE orders DROP PRIMARY KEY, ADD c INT"))
                .containsExactly("ALTER TABLE `shop`.`orders` ADD c INT");
        assertThat(catalog.heard).containsExactly("key lost shop.orders");
    }

    @Test
    void transactionsPassAsTheyAre() {
        assertThat(rewriter.rewrite("shop", "COMMIT")).containsExactly("COMMIT");
        assertThat(rewriter.rewrite("shop", "XA START 'a'")).containsExactly("XA START 'a'");
    }

    @Test
    void readsWhichColumnsAStatementRenames() {
        assertThat(DdlRewriter.renamings(
                        "ALTER TABLE `shop`.`orders` CHANGE COLUMN `a``b` c INT NULL, RENAME COLUMN d TO e, CHANGE f f INT,"
                                + " ADD g INT"))
                .containsExactly(new Renaming("a`b", "c"), new Renaming("d", "e"));
        assertThat(DdlRewriter.renamings("CREATE TABLE t (a INT)")).isEmpty();
    }

    /** Reads {@code shop.orders} and what a test adds. */
    private static final class Known implements DdlRewriter.Catalog {
        private final Map<TableId, Set<String>> tables = new LinkedHashMap<>();
        private final List<TableId> read = new ArrayList<>(List.of(ORDERS));
        private final List<String> heard = new ArrayList<>();
        private boolean understands = true;
        private String charset;

        @Override
        public boolean isRead(TableId table) {
            return read.contains(table);
        }

        @Override
        public Optional<Set<String>> columns(TableId table) {
            return Optional.ofNullable(tables.get(table));
        }

        @Override
        public Optional<String> declaration(TableId table, String column) {
            return column.equals("note") ? Optional.of("VARCHAR(20) NULL") : Optional.empty();
        }

        @Override
        public Optional<String> known(TableId table, TableId as, CharacterSet charset) {
            var told = charset == null ? "" : " " + charset.name() + " " + charset.ofAll();
            return columns(table).map(columns -> "CREATE TABLE " + as + " AS OF " + table + told);
        }

        @Override
        public Optional<String> charset(String database) {
            return Optional.ofNullable(charset);
        }

        @Override
        public void charset(String database, String name) {
            heard.add("charset " + database + " " + name);
        }

        @Override
        public void follow(TableId table, List<String> statements) {
            if (statements.get(0).startsWith("DROP")) {
                if (tables.remove(table) == null) {
                    return;
                }
            } else {
                tables.put(table, Set.of("id", "amount", "note"));
            }
            heard.add("follow " + table + " " + statements);
        }

        @Override
        public List<TableId> tables(String database) {
            return tables.keySet().stream()
                    .filter(table -> table.database().equals(database))
                    .toList();
        }

        @Override
        public Optional<String> definition(TableId table) {
            return Optional.of(DEFINITION);
        }

        @Override
        public boolean isUnderstood(String database, String statement, TableId table) {
            return understands;
        }

        @Override
        public void changes(TableId table) {}

        @Override
        public void notUnderstood(TableId table, String statement, boolean toldDefinition) {
            if (!understands) {
                heard.add("not understood " + table + " " + statement + " " + toldDefinition);
            }
        }

        @Override
        public void replaced(TableId table, TableId by) {
            heard.add("replaced " + table + " " + by);
        }

        @Override
        public void keyLost(TableId table) {
            heard.add("key lost " + table);
        }
    }
}
