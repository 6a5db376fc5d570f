package io.gravity.local.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseServerIT {
    @TempDir
    Path folder;

    @Test
    void mariaDbKeepsCommittedRowsOverKill() throws SQLException {
        keepsCommittedRowsOverKill(DatabaseServers::start);
    }

    @Test
    void mySqlKeepsCommittedRowsOverKill() throws SQLException {
        keepsCommittedRowsOverKill(OtherServers::mySql9);
    }

    @Test
    void olderMariaDbKeepsCommittedRowsOverKill() throws SQLException {
        keepsCommittedRowsOverKill(OtherServers::mariaDb10);
    }

    @Test
    void mariaDbSuitsChangeDataCapture() throws SQLException {
        suitsChangeDataCapture(DatabaseServers::start);
    }

    @Test
    void mySqlSuitsChangeDataCapture() throws SQLException {
        suitsChangeDataCapture(OtherServers::mySql9);
    }

    @Test
    void pausedServerAnswersOnlyAfterResume() throws SQLException {
        try (var server = DatabaseServers.start("orders", folder)) {
            server.pause();
            String impatient = server.rootUrl() + "&connectTimeout=300&socketTimeout=300";
            assertThatThrownBy(() -> DriverManager.getConnection(impatient, server.user(), server.password())
                            .close())
                    .isInstanceOf(SQLException.class);
            assertThat(server.isAlive()).isTrue();

            server.resume();
            assertThat(read(server, "SELECT 1")).containsExactly("1");
        }
    }

    @Test
    void severalServersRunSideBySideWithDistinctIds() throws SQLException {
        var options = DatabaseOptions.none().with("default_time_zone", "+08:00");
        try (var one = DatabaseServers.start("one", folder.resolve("one"));
                var two = DatabaseServers.start("two", folder.resolve("two"), options)) {
            assertThat(read(one, "SELECT @@server_id")).isNotEqualTo(read(two, "SELECT @@server_id"));
            assertThat(read(one, "SELECT @@time_zone")).containsExactly("+00:00");
            assertThat(read(two, "SELECT @@time_zone")).containsExactly("+08:00");
        }
    }

    @Test
    void badOptionIsReportedWithTheServersLog() {
        var options = DatabaseOptions.none().with("no_such_variable", "1");
        assertThatThrownBy(() -> DatabaseServers.start("orders", folder, options))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Database orders ended at start")
                .hasMessageContaining("no_such_variable");
    }

    private void keepsCommittedRowsOverKill(BiFunction<String, Path, DatabaseServer> starter) throws SQLException {
        try (var server = starter.apply("orders", folder)) {
            server.execute(
                    "CREATE DATABASE shop",
                    "CREATE TABLE shop.item (id INT PRIMARY KEY, name VARCHAR(20))",
                    "INSERT INTO shop.item VALUES (1, 'ключ 🔑')");
            int port = server.port();

            server.kill();
            assertThat(server.isAlive()).isFalse();
            server.restart();

            assertThat(server.port()).isEqualTo(port);
            assertThat(read(server, "SELECT name FROM shop.item")).containsExactly("ключ 🔑");
        }
        try (var again = starter.apply("orders", folder)) {
            assertThat(read(again, "SELECT id FROM shop.item")).containsExactly("1");
        }
    }

    private void suitsChangeDataCapture(BiFunction<String, Path, DatabaseServer> starter) throws SQLException {
        try (var server = starter.apply("orders", folder)) {
            assertThat(read(server, "SELECT CONCAT(@@binlog_format, @@binlog_row_image, @@time_zone)"))
                    .containsExactly("ROWFULL+00:00");
            assertThat(read(server, "SHOW BINARY LOGS")).isNotEmpty();
            assertThat(read(server, "SELECT user FROM mysql.user WHERE user = ''"))
                    .isEmpty();
        }
    }

    /** Reads the first column over the job's own user, by password and TCP. */
    private static List<String> read(DatabaseServer server, String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(server.rootUrl(), server.user(), server.password());
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            var values = new ArrayList<String>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        }
    }
}
