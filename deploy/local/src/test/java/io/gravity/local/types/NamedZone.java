package io.gravity.local.types;

import io.gravity.local.server.DatabaseServer;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;

/** Makes a server know a time zone by its name, which it otherwise does from the machine's own files. */
final class NamedZone {
    private static final long LAST = Instant.parse("2038-01-01T00:00:00Z").getEpochSecond();

    private NamedZone() {}

    /** Loads the zone and makes it the server's own. */
    static void set(DatabaseServer server, ZoneId zone) throws SQLException {
        var statements = new ArrayList<String>();
        statements.add("SET SESSION sql_log_bin = 0");
        statements.add("INSERT INTO mysql.time_zone (Use_leap_seconds) VALUES ('N')");
        statements.add("SET @zone = LAST_INSERT_ID()");
        statements.add("INSERT INTO mysql.time_zone_name (Name, Time_zone_id) VALUES ('" + zone.getId() + "', @zone)");
        int standard = zone.getRules().getStandardOffset(Instant.EPOCH).getTotalSeconds();
        statements.add(type(0, standard, false));
        statements.add(type(1, standard + 3600, true));
        for (var next = zone.getRules().nextTransition(Instant.EPOCH);
                next != null && next.toEpochSecond() < LAST;
                next = zone.getRules().nextTransition(next.getInstant())) {
            int type = next.getOffsetAfter().getTotalSeconds() == standard ? 0 : 1;
            statements.add("INSERT INTO mysql.time_zone_transition VALUES (@zone, " + next.toEpochSecond() + ", " + type
                    + ")");
        }
        statements.add("SET GLOBAL time_zone = '" + zone.getId() + "'");
        server.execute(statements.toArray(String[]::new));
    }

    private static String type(int id, int offset, boolean isSummer) {
        return "INSERT INTO mysql.time_zone_transition_type VALUES (@zone, " + id + ", " + offset + ", "
                + (isSummer ? 1 : 0) + ", '" + (isSummer ? "EDT" : "EST") + "')";
    }
}
