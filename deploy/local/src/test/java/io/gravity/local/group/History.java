package io.gravity.local.group;

import io.gravity.local.server.DatabaseServer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a target was made to hold, in order: triggers write down each value a row takes. Rolled back, it is not there. */
final class History {
    static final String TABLE = "grp.counters";

    /** A value that a row took; {@code at} by the clock that all servers of this machine share. */
    record Entry(String server, long number, String at, int id, long value) {}

    private History() {}

    /** Creates the table on a source. */
    static void createTable(DatabaseServer server) throws SQLException {
        server.execute(
                "DROP DATABASE IF EXISTS grp",
                "CREATE DATABASE grp",
                "CREATE TABLE " + TABLE + " (id INT PRIMARY KEY, value BIGINT NOT NULL)");
    }

    /** Creates table and triggers on a target. */
    static void createOn(DatabaseServer server) throws SQLException {
        createTable(server);
        server.execute(
                "CREATE TABLE grp.history (number BIGINT AUTO_INCREMENT PRIMARY KEY, at DATETIME(6), id INT, value BIGINT)",
                "CREATE TRIGGER grp.inserted AFTER INSERT ON " + TABLE + " FOR EACH ROW"
                        + " INSERT INTO grp.history (at, id, value) VALUES (SYSDATE(6), NEW.id, NEW.value)",
                "CREATE TRIGGER grp.updated AFTER UPDATE ON " + TABLE + " FOR EACH ROW"
                        + " INSERT INTO grp.history (at, id, value) VALUES (SYSDATE(6), NEW.id, NEW.value)");
    }

    static long size(DatabaseServer server) throws SQLException {
        try (var connection = server.connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT COUNT(*) FROM grp.history")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    static List<Entry> of(DatabaseServer server) throws SQLException {
        var entries = new ArrayList<Entry>();
        try (var connection = server.connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT number, at, id, value FROM grp.history ORDER BY number")) {
            while (rows.next()) {
                entries.add(
                        new Entry(server.name(), rows.getLong(1), rows.getString(2), rows.getInt(3), rows.getLong(4)));
            }
        }
        return entries;
    }

    /** Returns what all servers took, in the order of time. */
    static List<Entry> merged(List<DatabaseServer> servers) throws SQLException {
        var all = new ArrayList<Entry>();
        for (var server : servers) {
            all.addAll(of(server));
        }
        all.sort(Comparator.comparing(Entry::at));
        return all;
    }

    /** Returns each place where a row goes back to an older value. */
    static List<String> stepsBack(List<Entry> entries) {
        var last = new HashMap<Integer, Entry>();
        var steps = new ArrayList<String>();
        for (var entry : entries) {
            var before = last.put(entry.id(), entry);
            if (before != null && before.value() > entry.value()) {
                steps.add(before + " before " + entry);
            }
        }
        return steps;
    }

    static Map<Integer, Long> last(List<Entry> entries) {
        var last = new HashMap<Integer, Long>();
        entries.forEach(entry -> last.put(entry.id(), entry.value()));
        return last;
    }
}
