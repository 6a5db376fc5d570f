package io.gravity.local.target;

import static io.gravity.local.target.Shards.declared;
import static io.gravity.local.target.Shards.marker;
import static io.gravity.local.target.Shards.number;
import static io.gravity.local.target.Shards.renamed;
import static io.gravity.local.target.Shards.row;
import static io.gravity.local.target.Shards.schema;
import static io.gravity.local.target.Shards.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.gravity.dispatch.TableStoppedException;
import io.gravity.dispatch.TargetConfig;
import io.gravity.dispatch.TargetWriter;
import io.gravity.dispatch.clickhouse.ClickHouseWriter;
import io.gravity.dispatch.mysql.MySqlWriter;
import io.gravity.dispatch.schema.SchemaPolicy;
import io.gravity.dispatch.schema.SchemaPolicy.Change;
import io.gravity.dispatch.schema.SchemaPolicy.Mode;
import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import io.gravity.event.Column;
import io.gravity.event.TableSchema;
import io.gravity.local.server.ClickHouseServer;
import io.gravity.local.server.DatabaseServer;
import io.gravity.local.server.DatabaseServers;
import io.gravity.local.server.MySql9;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** How the tables of real servers follow those of the sources under each mode. */
class SchemaChangeIT {
    private static final TableSchema FIRST =
            schema(text("name", 10), number("amount", "INT", false), number("old", "INT", true));
    /** One column renamed, one widened, one added, one dropped. */
    private static final TableSchema SECOND = schema(
            renamed(text("title", 10), "name"),
            number("amount", "BIGINT", true),
            declared(number("stock", "INT", false), "7", "how many"));

    @Nested
    class MariaDb extends Relational {
        @Override
        DatabaseServer start(Path folder) {
            return DatabaseServers.start("target", folder);
        }
    }

    @Nested
    class MySql extends Relational {
        @Override
        DatabaseServer start(Path folder) {
            return MySql9.start("target", folder);
        }
    }

    /** MySQL and MariaDB. */
    abstract static class Relational extends Contract {
        private DatabaseServer server;

        abstract DatabaseServer start(Path folder);

        @BeforeAll
        void startServer(@TempDir Path folder) {
            server = start(folder);
        }

        @AfterAll
        void stopServer() {
            server.close();
        }

        @Override
        void execute(String statement) throws SQLException {
            server.execute(statement);
        }

        @Override
        TargetWriter writer(SchemaPolicy policy) {
            return MySqlWriter.of(new TargetConfig.MySql(
                                    "warehouse",
                                    server.host(),
                                    server.port(),
                                    server.user(),
                                    AllKinds.secret(server.password()),
                                    null,
                                    Map.of(),
                                    AllKinds.delivery())
                            .withSchema(policy))
                    .open();
        }

        @Override
        List<String> rows(String columns) throws SQLException {
            return query("SELECT " + columns + " FROM shop.orders ORDER BY id");
        }

        @Override
        List<String> columns() throws SQLException {
            return query(
                    "SELECT LOWER(column_name), REGEXP_REPLACE(LOWER(column_type), '^(big)?int\\\\([0-9]+\\\\)', '\\\\1int'),"
                            + " is_nullable FROM information_schema.columns WHERE table_schema = 'shop'"
                            + " AND table_name = 'orders' ORDER BY ordinal_position");
        }

        private List<String> query(String sql) throws SQLException {
            var lines = new ArrayList<String>();
            try (var connection = server.connect();
                    var statement = connection.createStatement();
                    var rows = statement.executeQuery(sql)) {
                while (rows.next()) {
                    var line = new ArrayList<String>();
                    for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                        line.add(String.valueOf(rows.getString(i)));
                    }
                    lines.add(String.join(" ", line));
                }
            }
            return lines;
        }

        @Test
        void createsATableWithEveryKindOfColumn() throws Exception {
            try (var writer = writer(SchemaPolicy.defaults())) {
                writer.write(List.of(
                        AllKinds.insert(AllKinds.TABLE, AllKinds.SCHEMA, AllKinds.low(1)),
                        AllKinds.insert(AllKinds.TABLE, AllKinds.SCHEMA, AllKinds.nulls(3))));
            }
            assertThat(query("SELECT COUNT(*) FROM shop.all_kinds")).containsExactly("2");
        }

        @Test
        void keepsDefaultsAndCommentsOfWhatItChanges() throws Exception {
            execute("CREATE DATABASE shop");
            execute("CREATE TABLE shop.orders (id INT PRIMARY KEY, amount INT NOT NULL DEFAULT 5 COMMENT 'it''s',"
                    + " made TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)");
            try (var writer = writer(SchemaPolicy.defaults())) {
                writer.write(List.of(row("t", schema(number("amount", "BIGINT", true)), 1L, 1L << 40)));
            }
            assertThat(query("SELECT CAST(column_default AS SIGNED), column_comment FROM information_schema.columns"
                            + " WHERE table_schema = 'shop' AND column_name = 'amount'"))
                    .containsExactly("5 it's");
            assertThat(rows("id, amount")).containsExactly("1 " + (1L << 40));
        }
    }

    @Nested
    class ClickHouse extends Contract {
        private ClickHouseServer server;

        @BeforeAll
        void startServer(@TempDir Path folder) {
            server = ClickHouseServer.start(folder);
        }

        @AfterAll
        void stopServer() {
            server.close();
        }

        @Override
        void execute(String statement) {
            server.execute(statement);
        }

        @Override
        TargetWriter writer(SchemaPolicy policy) {
            return ClickHouseWriter.of(new TargetConfig.ClickHouse(
                                    "lake",
                                    server.host(),
                                    server.port(),
                                    server.user(),
                                    AllKinds.secret(server.password()),
                                    null,
                                    Map.of(),
                                    AllKinds.delivery())
                            .withSchema(policy))
                    .open();
        }

        @Override
        List<String> rows(String columns) {
            return lines("SELECT " + columns + " FROM shop.orders FINAL ORDER BY id");
        }

        @Override
        List<String> columns() {
            return lines("SELECT name, multiIf(type LIKE '%Int32%', 'int', type LIKE '%Int64%', 'bigint',"
                    + " 'varchar(10)'), if(type LIKE 'Nullable%', 'YES', 'NO') FROM system.columns"
                    + " WHERE database = 'shop' AND table = 'orders' AND name NOT LIKE '\\\\_%' ORDER BY position");
        }

        private List<String> lines(String sql) {
            return server.query(sql)
                    .lines()
                    .map(line -> line.replace('\t', ' ').replace("\\N", "null"))
                    .toList();
        }
    }

    /** What holds for every kind of target. */
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    abstract static class Contract {

        abstract void execute(String statement) throws SQLException;

        abstract TargetWriter writer(SchemaPolicy policy);

        abstract List<String> rows(String columns) throws SQLException;

        /** Returns each column's name, type in MySQL's words, and whether it takes NULL. */
        abstract List<String> columns() throws SQLException;

        @BeforeEach
        void clear() throws SQLException {
            execute("DROP DATABASE IF EXISTS shop");
            execute("DROP DATABASE IF EXISTS gravity");
        }

        private TargetWriter writer(Mode mode) {
            return writer(SchemaPolicy.of(mode));
        }

        private static ChangeEvent first(int id) {
            return row("t", FIRST, (long) id, "a", 1L, 2L);
        }

        private static ChangeEvent second(int id) {
            return row("t", SECOND, (long) id, "b", 1L << 40, 3L);
        }

        private static TableStoppedException stopped(TargetWriter writer, ChangeEvent... changes) {
            return catchThrowableOfType(TableStoppedException.class, () -> writer.write(List.of(changes)));
        }

        @Test
        void createsDatabaseAndTable() throws Exception {
            try (var writer = writer(SchemaPolicy.defaults())) {
                writer.write(List.of(first(1)));
            }
            assertThat(columns()).containsExactly("id int NO", "name varchar(10) YES", "amount int NO", "old int YES");
            assertThat(rows("*")).hasSize(1);
        }

        @Test
        void createsATableForAMarkerAlone() throws Exception {
            try (var writer = writer(SchemaPolicy.defaults())) {
                writer.write(List.of(marker("t", FIRST)));
            }
            assertThat(columns()).hasSize(4);
            assertThat(rows("id")).isEmpty();
        }

        @Test
        void createsNoTableIfToldSo() throws Exception {
            var policy = new SchemaPolicy(Mode.LENIENT, EnumSet.of(Change.ADD_COLUMN));
            try (var writer = writer(policy)) {
                assertThat(stopped(writer, first(1)))
                        .hasMessageContaining("table shop.orders")
                        .hasMessageContaining("it is missing");
            }
        }

        @Test
        void followsEveryChangeUnderEvolve() throws Exception {
            try (var writer = writer(Mode.EVOLVE)) {
                var late = first(2);
                writer.write(List.of(first(1)));
                writer.write(List.of(marker("t", SECOND)));
                assertThat(columns())
                        .containsExactly("id int NO", "title varchar(10) YES", "amount bigint YES", "stock int NO");
                writer.write(List.of(second(3), late));
            }
            assertThat(rows("id, title, amount, stock"))
                    .containsExactly("1 a 1 7", "2 a 1 7", "3 b " + (1L << 40) + " 3");
        }

        @Test
        void goesOnAfterARestartWithWhatItHasWrittenDown() throws Exception {
            var late = first(2);
            try (var writer = writer(Mode.EVOLVE)) {
                writer.write(List.of(first(1)));
            }
            try (var writer = writer(Mode.EVOLVE)) {
                writer.write(List.of(second(3)));
            }
            try (var writer = writer(Mode.EVOLVE)) {
                writer.write(List.of(late));
            }
            assertThat(rows("id, title")).containsExactly("1 a", "2 a", "3 b");
            assertThat(columns()).hasSize(4);
        }

        @Test
        void writesRowsOfBeforeThoughAnotherTaskHasChangedTheTable() throws Exception {
            try (var one = writer(Mode.EVOLVE);
                    var other = writer(Mode.EVOLVE)) {
                one.write(List.of(first(1)));
                other.write(List.of(first(2)));
                var late = first(3);
                other.write(List.of(marker("t", SECOND)));
                writeTwice(one, late);
            }
            assertThat(rows("id, title, stock")).containsExactly("1 a 7", "2 a 7", "3 a 7");
        }

        /** The dispatcher tries again what has met a table altered meanwhile. */
        private static void writeTwice(TargetWriter writer, ChangeEvent change) throws Exception {
            try {
                writer.write(List.of(change));
            } catch (GravityException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.TARGET_BUSY);
                writer.write(List.of(change));
            }
        }

        @Test
        void losesNothingUnderLenient() throws Exception {
            try (var writer = writer(Mode.LENIENT)) {
                writer.write(List.of(first(1)));
                writer.write(List.of(marker("t", SECOND)));
                writer.write(List.of(second(2), first(3)));
            }
            assertThat(columns())
                    .containsExactlyInAnyOrder(
                            "id int NO",
                            "name varchar(10) YES",
                            "amount bigint YES",
                            "old int YES",
                            "title varchar(10) YES",
                            "stock int NO");
            assertThat(rows("id, name, title, old, stock"))
                    .containsExactly("1 a null 2 7", "2 null b null 3", "3 a null 2 7");
        }

        @Test
        void leavesTheTableAsItIsUnderIgnore() throws Exception {
            try (var writer = writer(Mode.IGNORE)) {
                writer.write(List.of(first(1)));
                writer.write(List.of(
                        row("t", schema(number("amount", "INT", false), number("stock", "INT", true)), 2L, 5L, 6L)));
            }
            assertThat(columns()).hasSize(4);
            assertThat(rows("id, amount, old")).containsExactly("1 1 2", "2 5 null");
        }

        @Test
        void saysAllThatIsDifferentUnderException() throws Exception {
            try (var writer = writer(Mode.EXCEPTION)) {
                writer.write(List.of(first(1)));
                assertThat(stopped(writer, second(2)))
                        .hasMessageContaining("column title: missing")
                        .hasMessageContaining("column stock: missing")
                        .hasMessageContaining("column amount: found")
                        .hasMessageContaining("mode exception");
                writer.write(List.of(first(3)));
            }
            assertThat(columns()).hasSize(4);
            assertThat(rows("id")).containsExactly("1", "3");
        }

        @Test
        void makesOnlyTheChangesItIsTold() throws Exception {
            var policy = new SchemaPolicy(Mode.EVOLVE, EnumSet.of(Change.CREATE_TABLE, Change.DROP_COLUMN));
            try (var writer = writer(policy)) {
                writer.write(List.of(first(1)));
                writer.write(List.of(
                        marker("t", schema(text("name", 10), number("amount", "INT", false), text("more", 5)))));
            }
            assertThat(columns()).containsExactly("id int NO", "name varchar(10) YES", "amount int NO");
        }

        @Test
        void unitesWhatShardsHave() throws Exception {
            var before = schema(text("name", 10), number("amount", "INT", false));
            var after = schema(renamed(text("title", 10), "name"), number("more", "BIGINT", false));
            try (var writer = writer(Mode.EVOLVE)) {
                writer.write(List.of(
                        row("t1", before, 1L, "a", 1L),
                        row("t2", before, 2L, "b", 2L),
                        row("t2", before, 3L, "c", 3L)));
                writer.write(List.of(marker("t1", after)));
                writer.write(List.of(row("t1", after, 4L, "d", 5L), row("t2", before, 5L, "e", 6L)));
                assertThat(rows("id, title, more")).containsExactly("1 a 0", "2 b 0", "3 c 0", "4 d 5", "5 e 0");
                assertThat(rows("amount")).hasSize(5);
                writer.write(List.of(marker("t2", after)));
            }
            assertThat(columns()).containsExactlyInAnyOrder("id int NO", "title varchar(10) YES", "more bigint NO");
        }

        @Test
        void stopsWhereShardsHaveNothingInCommonUntilTheyHave() throws Exception {
            var numbers = schema(number("code", "INT", true));
            var texts = schema(text("code", 10));
            try (var writer = writer(Mode.EVOLVE)) {
                writer.write(List.of(row("t1", numbers, 1L, 7L), row("t2", numbers, 2L, 8L)));
                var late = row("t2", numbers, 3L, 9L);
                assertThat(stopped(writer, row("t1", texts, 4L, "x")))
                        .hasMessageContaining("column code: the sources' tables have");
                writer.write(List.of(marker("t2", texts)));
                writer.write(List.of(row("t1", texts, 4L, "x"), late));
            }
            assertThat(rows("id, code")).containsExactly("1 7", "2 8", "3 9", "4 x");
        }

        @Test
        void makesEachChangeOnceThoughManyTry() throws Exception {
            try (var writer = writer(Mode.EVOLVE)) {
                writer.write(List.of(first(0)));
            }
            var columns = new ArrayList<Column>(FIRST.columns());
            columns.remove(0);
            IntStream.range(0, 5).forEach(i -> columns.add(number("c" + i, "INT", true)));
            var wide = schema(columns.toArray(new Column[0]));
            var pool = Executors.newFixedThreadPool(4);
            try {
                var tasks = IntStream.range(1, 5)
                        .<Callable<Void>>mapToObj(id -> () -> {
                            try (var writer = writer(Mode.EVOLVE)) {
                                writer.write(List.of(row("t", wide, (long) id, "a", 1L, 2L, 3L, 4L, 5L, 6L, 7L)));
                            }
                            return null;
                        })
                        .toList();
                for (var done : pool.invokeAll(tasks)) {
                    done.get();
                }
            } finally {
                pool.shutdownNow();
            }
            assertThat(columns()).hasSize(9);
            assertThat(rows("c4")).containsExactly("null", "7", "7", "7", "7");
        }
    }
}
