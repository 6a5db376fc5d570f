package io.gravity.local.verify;

import io.gravity.event.TableId;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A table into which probe rows are written.
 *
 * @param mark the text column that carries a probe's number, as the last word
 * @param upsert SQL with five parameters: key, mark, level, mark, level; tables without levels ignore theirs
 */
record ProbeTable(TableId id, String mark, String upsert) {
    private static final List<ProbeTable> ALL = List.of(
            new ProbeTable(new TableId("user_db", "users"), "name", """
                    INSERT INTO user_db.users (id, email, name, user_type, updated_at)
                    VALUES (?, 'probe@example.org', ?, IF(? = '', 'vip', 'vip'), NOW(6))
                    ON DUPLICATE KEY UPDATE name = ?, active = IF(? = '', 1, 1), updated_at = NOW(6)"""),
            new ProbeTable(new TableId("order_db", "orders"), "note", """
                    INSERT INTO order_db.orders (id, user_id, amount, currency, note, status, placed_at, updated_at)
                    VALUES (?, 1, 1.00, 'EUR', ?, IF(? = '', 'new', 'new'), NOW(), NOW(6))
                    ON DUPLICATE KEY UPDATE note = ?, status = IF(? = '', 'paid', 'paid'), updated_at = NOW(6)"""),
            new ProbeTable(new TableId("log_db", "access_logs"), "message", """
                    INSERT INTO log_db.access_logs
                      (id, request_id, path, status, duration_ms, message, log_level, logged_at, updated_at)
                    VALUES (?, REPEAT('p', 16), '/probe', 200, 0.5, ?, ?, NOW(3), NOW(6))
                    ON DUPLICATE KEY UPDATE message = ?, log_level = ?, updated_at = NOW(6)"""));

    static Optional<ProbeTable> of(TableId id) {
        return ALL.stream().filter(table -> table.id().equals(id)).findFirst();
    }

    /** A level for which the condition holds: the first that it names. */
    static String level(String condition) {
        return Arrays.asList("ERROR", "INFO", "WARN", "DEBUG").stream()
                .filter(level -> condition.contains("'" + level + "'"))
                .findFirst()
                .orElse("INFO");
    }

    /** The text that carries a probe's number. */
    static String mark(long number) {
        return "probe " + number;
    }

    /** The number that {@link #mark(long)} made the text of; -1 if it is none. */
    static long number(String mark) {
        try {
            return mark == null ? -1 : Long.parseLong(mark.substring(mark.lastIndexOf(' ') + 1));
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
