package io.gravity.local.target;

import static io.gravity.local.target.AllKinds.insert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.gravity.config.Secret;
import io.gravity.dispatch.TargetConfig;
import io.gravity.dispatch.clickhouse.ClickHouseWriter;
import io.gravity.dispatch.kafka.KafkaLedgerWriter;
import io.gravity.dispatch.mysql.MySqlLedgerWriter;
import io.gravity.dispatch.schema.SchemaPolicy;
import io.gravity.dispatch.strong.LaneBatch;
import io.gravity.dispatch.strong.LedgerWriter;
import io.gravity.dispatch.strong.LedgerWriters.Seat;
import io.gravity.dispatch.strong.VersionedWriter;
import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.Row;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import io.gravity.local.server.ClickHouseServer;
import io.gravity.local.server.DatabaseServer;
import io.gravity.local.server.DatabaseServers;
import io.gravity.local.server.KafkaBroker;
import io.gravity.local.server.MySql9;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Real servers apply a batch and move the ledger, or do neither. */
class LedgerWriterIT {
    private static final TableId GOODS = new TableId("shop", "goods");
    private static final TableSchema SCHEMA = new TableSchema(
            List.of(
                    new Column("id", ColumnType.of(Kind.INTEGER, "INT"), false),
                    new Column("code", ColumnType.of(Kind.TEXT, "VARCHAR"), true)),
            0);
    private static final List<Integer> LANES = IntStream.range(0, 128).boxed().toList();

    private static LaneBatch batch(int lane, long expected, long to, ChangeEvent... changes) {
        return new LaneBatch(lane, expected, to, List.of(changes));
    }

    private static ChangeEvent good(long id, String code) {
        return insert(GOODS, SCHEMA, Row.of(id, code));
    }

    private static GravityException failure(LedgerWriter writer, LaneBatch... batch) {
        return catchThrowableOfType(GravityException.class, () -> writer.commit(List.of(batch)));
    }

    @Nested
    class MariaDb extends MySqlContract {
        @Override
        DatabaseServer start(Path folder) {
            return DatabaseServers.start("target", folder);
        }
    }

    @Nested
    class MySql extends MySqlContract {
        @Override
        DatabaseServer start(Path folder) {
            return MySql9.start("target", folder);
        }
    }

    /** What holds with every MySQL or MariaDB. */
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    abstract static class MySqlContract {
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

        @BeforeEach
        void createTables() throws SQLException {
            server.execute(
                    "DROP DATABASE IF EXISTS shop",
                    "DROP DATABASE IF EXISTS gravity",
                    "CREATE DATABASE shop",
                    "CREATE TABLE shop.goods (id INT PRIMARY KEY, code VARCHAR(10))");
        }

        @Test
        void appliesChangesAndMovesTheLedgerTogether() throws Exception {
            try (var writer = writer(server.user(), server.password())) {
                assertThat(writer.positions(LANES)).isEmpty();
                writer.commit(List.of(
                        batch(3, LaneBatch.NONE, 2, good(1, "a"), good(2, "b")),
                        batch(90, LaneBatch.NONE, 7, good(3, "c"))));
                writer.commit(List.of(batch(3, 2, 3, good(1, "d"))));
            }
            try (var writer = writer(server.user(), server.password())) {
                assertThat(writer.positions(LANES)).isEqualTo(Map.of(3, 3L, 90, 7L));
            }
            assertThat(goods()).containsExactly("1=d", "2=b", "3=c");
        }

        @Test
        void appliesNothingIfTheLedgerSaysOtherwise() throws Exception {
            try (var zombie = writer(server.user(), server.password());
                    var successor = writer(server.user(), server.password())) {
                zombie.positions(LANES);
                successor.positions(LANES);
                successor.commit(List.of(batch(3, LaneBatch.NONE, 1, good(1, "new"))));
                var error = failure(
                        zombie,
                        batch(2, LaneBatch.NONE, 1, good(2, "old")),
                        batch(3, LaneBatch.NONE, 1, good(1, "old")));
                assertThat(error.code()).isEqualTo(ErrorCode.TARGET_BUSY);
                assertThat(error).hasMessageContaining("says 1 of lane 3, expected -1");
                assertThat(successor.positions(LANES)).isEqualTo(Map.of(3, 1L));
            }
            assertThat(goods()).containsExactly("1=new");
        }

        @Test
        void appliesNothingIfOneRowIsRefused() throws Exception {
            try (var writer = writer(server.user(), server.password())) {
                writer.positions(LANES);
                var error = failure(
                        writer,
                        batch(1, LaneBatch.NONE, 1, good(1, "a")),
                        batch(2, LaneBatch.NONE, 1, good(2, "far too long for it")));
                assertThat(error.code()).isEqualTo(ErrorCode.VALUE_TOO_LONG);
                assertThat(goods()).isEmpty();
                writer.commit(List.of(batch(1, LaneBatch.NONE, 1, good(1, "a"))));
                assertThat(writer.positions(LANES)).isEqualTo(Map.of(1, 1L));
            }
        }

        @Test
        void refusesATableWithoutTransactions() throws Exception {
            server.execute("ALTER TABLE shop.goods ENGINE=MyISAM");
            try (var writer = writer(server.user(), server.password())) {
                writer.positions(LANES);
                var error = failure(writer, batch(1, LaneBatch.NONE, 1, good(1, "a")));
                assertThat(error.code()).isEqualTo(ErrorCode.TARGET_MISCONFIGURED);
                assertThat(error)
                        .hasMessageContaining("table shop.goods has the engine MyISAM")
                        .hasMessageContaining("ALTER TABLE shop.goods ENGINE=InnoDB");
                server.execute("ALTER TABLE shop.goods ENGINE=InnoDB");
                writer.positions(LANES);
                writer.commit(List.of(batch(1, LaneBatch.NONE, 1, good(1, "a"))));
            }
            assertThat(goods()).containsExactly("1=a");
        }

        @Test
        void saysHowToCreateTheLedgerWhereItMayNot() throws Exception {
            server.execute(
                    "DROP USER IF EXISTS meek",
                    "CREATE USER meek IDENTIFIED BY 'secret'",
                    "GRANT SELECT, INSERT, UPDATE, DELETE ON *.* TO meek");
            try (var writer = writer("meek", "secret")) {
                var error = catchThrowableOfType(GravityException.class, () -> writer.positions(LANES));
                assertThat(error.code()).isEqualTo(ErrorCode.TARGET_MISCONFIGURED);
                var statement = error.getMessage().substring(error.getMessage().indexOf("CREATE TABLE"));
                server.execute("CREATE DATABASE gravity", statement);
                writer.positions(LANES);
                writer.commit(List.of(batch(1, LaneBatch.NONE, 1, good(1, "a"))));
            }
            assertThat(goods()).containsExactly("1=a");
        }

        private LedgerWriter writer(String user, String password) {
            return MySqlLedgerWriter.of(new TargetConfig.MySql(
                                    "warehouse",
                                    server.host(),
                                    server.port(),
                                    user,
                                    Secret.of(password),
                                    null,
                                    Map.of(),
                                    AllKinds.delivery())
                            .withSchema(SchemaPolicy.none()))
                    .open(new Seat("job-warehouse", 0, 1, 0));
        }

        private List<String> goods() throws SQLException {
            try (var connection = server.connect();
                    var statement = connection.createStatement();
                    var rows = statement.executeQuery("SELECT CONCAT(id, '=', code) FROM shop.goods ORDER BY id")) {
                var texts = new ArrayList<String>();
                while (rows.next()) {
                    texts.add(rows.getString(1));
                }
                return texts;
            }
        }
    }

    @Nested
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    class Kafka {
        private KafkaBroker broker;

        @BeforeAll
        void startBroker(@TempDir Path folder) {
            broker = KafkaBroker.start(folder);
        }

        @AfterAll
        void stopBroker() {
            broker.close();
        }

        @Test
        void appliesChangesAndMovesTheLedgerTogether() throws Exception {
            try (var writer = writer("together", new Seat("job-together", 0, 1, 0), Map.of())) {
                assertThat(writer.positions(LANES)).isEmpty();
                writer.commit(List.of(
                        batch(3, LaneBatch.NONE, 2, good(1, "a"), good(2, "b")),
                        batch(90, LaneBatch.NONE, 7, good(3, "c"))));
                writer.commit(List.of(batch(3, 2, 3, good(1, "d"))));
            }
            try (var writer = writer("together", new Seat("job-together", 0, 1, 1), Map.of())) {
                assertThat(writer.positions(LANES)).isEqualTo(Map.of(3, 3L, 90, 7L));
            }
            assertThat(codes("together")).containsExactly("a", "b", "c", "d");
        }

        @Test
        void aSuccessorFencesWhoCameBefore() throws Exception {
            try (var zombie = writer("fenced", new Seat("job-fenced", 0, 1, 0), Map.of());
                    var successor = writer("fenced", new Seat("job-fenced", 0, 1, 1), Map.of())) {
                zombie.positions(LANES);
                zombie.commit(List.of(batch(3, LaneBatch.NONE, 1, good(1, "a"))));
                assertThat(successor.positions(LANES)).isEqualTo(Map.of(3, 1L));
                assertThat(failure(zombie, batch(3, 1, 2, good(1, "old"))).code())
                        .isEqualTo(ErrorCode.TARGET_BUSY);
                successor.commit(List.of(batch(3, 1, 2, good(1, "new"))));
            }
            assertThat(codes("fenced")).containsExactly("a", "new");
        }

        @Test
        void aRescaledSuccessorFencesWhoCameBefore() throws Exception {
            try (var zombie = writer("rescaled", new Seat("job-rescaled", 1, 2, 0), Map.of());
                    var successor = writer("rescaled", new Seat("job-rescaled", 0, 3, 2), Map.of())) {
                zombie.positions(LANES);
                zombie.commit(List.of(batch(100, LaneBatch.NONE, 1, good(1, "a"))));
                assertThat(successor.positions(LANES)).isEqualTo(Map.of(100, 1L));
                assertThat(failure(zombie, batch(100, 1, 2, good(1, "old"))).code())
                        .isEqualTo(ErrorCode.TARGET_BUSY);
                successor.commit(List.of(batch(100, 1, 2, good(1, "new"))));
            }
            assertThat(codes("rescaled")).containsExactly("a", "new");
        }

        @Test
        void appliesNothingIfOneRecordIsRefused() throws Exception {
            var large = new StringBuilder();
            new Random(1).ints(3_000_000, '0', 'z').forEach(letter -> large.append((char) letter));
            try (var writer = writer("refused", new Seat("job-refused", 0, 1, 0), Map.of())) {
                writer.positions(LANES);
                var error = failure(
                        writer,
                        batch(1, LaneBatch.NONE, 1, good(1, "a")),
                        batch(2, LaneBatch.NONE, 1, good(2, large.toString())));
                assertThat(error.code()).isEqualTo(ErrorCode.VALUE_TOO_LONG);
                writer.commit(List.of(batch(1, LaneBatch.NONE, 1, good(1, "b"))));
                assertThat(writer.positions(LANES)).isEqualTo(Map.of(1, 1L));
            }
            assertThat(codes("refused")).containsExactly("b");
        }

        @Test
        void refusesATransactionTimeoutThatTheBrokerDoesNotAllow() {
            try (var writer =
                    writer("timeout", new Seat("job-timeout", 0, 1, 0), Map.of("transaction.timeout.ms", "3600000"))) {
                var error = catchThrowableOfType(GravityException.class, () -> writer.positions(LANES));
                assertThat(error.code()).isEqualTo(ErrorCode.TARGET_MISCONFIGURED);
                assertThat(error).hasMessageContaining("transaction.max.timeout.ms");
            }
        }

        private LedgerWriter writer(String topic, Seat seat, Map<String, String> properties) {
            return KafkaLedgerWriter.of(new TargetConfig.Kafka(
                            "bus", List.of(broker.bootstrapServers()), topic, properties, AllKinds.delivery()))
                    .open(seat);
        }

        /** Returns the codes that a reader of committed records sees, in order. */
        private List<String> codes(String topic) {
            var settings = Map.<String, Object>of(
                    "bootstrap.servers",
                    broker.bootstrapServers(),
                    "isolation.level",
                    "read_committed",
                    "auto.offset.reset",
                    "earliest");
            try (var consumer =
                    new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
                var partition = new TopicPartition(topic, 0);
                consumer.assign(List.of(partition));
                long end = consumer.endOffsets(List.of(partition)).get(partition);
                var codes = new ArrayList<String>();
                while (consumer.position(partition) < end) {
                    consumer.poll(Duration.ofSeconds(1)).forEach(record -> {
                        var text = new String(record.value(), StandardCharsets.UTF_8);
                        codes.add(text.replaceFirst(".*\"after\":\\{\"id\":\\d+,\"code\":\"(\\w+)\".*", "$1"));
                    });
                }
                return codes;
            }
        }
    }

    @Test
    void clickHouseShowsARowOnceHoweverOftenItIsWritten(@TempDir Path folder) throws Exception {
        try (var server = ClickHouseServer.start(folder)) {
            var target = new TargetConfig.ClickHouse(
                    "lake",
                    server.host(),
                    server.port(),
                    server.user(),
                    AllKinds.secret(server.password()),
                    null,
                    Map.of(),
                    AllKinds.delivery());
            try (var writer = VersionedWriter.of(ClickHouseWriter.of(target)).open(new Seat("job-lake", 0, 1, 0))) {
                assertThat(writer.positions(LANES)).isEmpty();
                for (int i = 0; i < 3; i++) {
                    writer.commit(List.of(batch(1, LaneBatch.NONE, 2, good(1, "a"), good(2, "b"))));
                }
            }
            assertThat(server.query("SELECT id, code FROM shop.goods FINAL ORDER BY id")
                            .strip())
                    .isEqualTo("1\ta\n2\tb");
        }
    }
}
