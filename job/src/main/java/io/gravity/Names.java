package io.gravity;

import io.gravity.config.Section;
import io.gravity.config.Value;
import io.gravity.event.TablePattern;
import io.gravity.types.OriginTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** What names of sources, targets, hosts, tables and topics may look like. */
final class Names {
    static final String NAME = "a name of lower-case letters, digits and hyphens, e.g. order-db";
    static final String ENDPOINT = "a name of letters, digits and hyphens, e.g. warehouse-a";
    static final String HOST = "a host name or address without port, e.g. db1.example.com";
    static final String DATABASE = "a database's name";
    static final String USER = "a user's name";
    static final String BROKER = "host:port, e.g. kafka1:9092";
    static final String TABLE = "table or database.table with * and ? as wildcards, e.g. shop.order_*";
    static final String TABLES = "a list of table names or patterns, e.g. [\"users\", \"shop.order_*\"]";
    static final String ONE_TABLE = "table or database.table without wildcards, e.g. users";
    static final String TOPIC =
            "a topic of letters, digits, '.', '_', '-' and ${source}, ${database}, ${table}, ${singular}, e.g. ${database}.${table}";
    static final String EVENT_TYPE =
            "a text with ${database}, ${table}, ${singular}, ${operation}, e.g. user_${operation}";
    static final String PLAIN_TABLE = "database.table, e.g. gravity.dead_letters";

    static final String ORIGIN =
            "a name of at most " + OriginTable.LONGEST_ORIGIN + " lower-case letters, digits and hyphens, e.g. shop";

    private static final Pattern NAME_FORM = Pattern.compile("[a-z0-9-]+");
    private static final Pattern ENDPOINT_FORM = Pattern.compile("[A-Za-z0-9-]+");
    private static final Pattern HOST_FORM =
            Pattern.compile("[\\p{L}\\p{N}._-]+|\\[?([0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F.]*]?");
    private static final Pattern BROKER_FORM = Pattern.compile("([\\p{L}\\p{N}._-]+|\\[[0-9a-fA-F:.]+]):(\\d{1,5})");
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^}]*)}");
    private static final Set<String> TOPIC_PLACEHOLDERS = Set.of("source", "database", "table", "singular");
    private static final Set<String> EVENT_PLACEHOLDERS = Set.of("database", "table", "singular", "operation");

    private Names() {}

    static boolean isName(String text) {
        return NAME_FORM.matcher(text).matches();
    }

    static boolean isOrigin(String text) {
        return isName(text) && text.length() <= OriginTable.LONGEST_ORIGIN;
    }

    static boolean isEndpoint(String text) {
        return ENDPOINT_FORM.matcher(text).matches();
    }

    static boolean isHost(String text) {
        return HOST_FORM.matcher(text).matches();
    }

    static boolean isBroker(String text) {
        var matcher = BROKER_FORM.matcher(text);
        if (!matcher.matches()) {
            return false;
        }
        int port = Integer.parseInt(matcher.group(2));
        return port >= 1 && port <= 65535;
    }

    static boolean isDatabase(String text) {
        return !text.isBlank() && text.indexOf('.') < 0;
    }

    static boolean isText(String text) {
        return !text.isBlank();
    }

    static boolean isTable(String text) {
        try {
            return new TablePattern(text).text().chars().noneMatch(Character::isWhitespace);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    static boolean isOneTable(String text) {
        return isTable(text) && new TablePattern(text).isExact();
    }

    static boolean isTopic(String text) {
        var literal = literalPart(text, TOPIC_PLACEHOLDERS);
        return literal != null && literal.matches("[a-zA-Z0-9._-]{1,249}");
    }

    static boolean isEventType(String text) {
        var literal = literalPart(text, EVENT_PLACEHOLDERS);
        return literal != null && !literal.isBlank();
    }

    static boolean isPlainTable(String text) {
        return text.matches("[^.\\s$]+\\.[^.\\s$]+");
    }

    /** Returns whether the text is a template of a table's name. */
    static boolean isTargetTable(String text, Set<String> placeholders) {
        var literal = literalPart(text, placeholders);
        return literal != null && literal.matches("[^.\\s$]+\\.[^.\\s$]+");
    }

    /** Returns the patterns listed under the key; the database goes before those that name none. */
    static List<TablePattern> tables(Section section, String key, String database) {
        return section.texts(key, TABLES, TABLE, Names::isTable).stream()
                .map(text -> pattern(text, database))
                .toList();
    }

    /** Returns the columns under the key: one as a text, or a list. */
    static List<String> columns(Section section, String key, String expected) {
        return section.required(key, expected)
                .map(value -> columns(value, expected))
                .orElse(List.of());
    }

    private static List<String> columns(Value value, String expected) {
        if (!value.isList()) {
            return value.text(expected).map(List::of).orElse(List.of());
        }
        var fields = new ArrayList<String>();
        value.items(expected).forEach(item -> item.text("a column's name").ifPresent(fields::add));
        if (fields.isEmpty()) {
            value.expected(expected);
        }
        return fields;
    }

    /** Returns the pattern; the database, unless {@code null}, goes before one that names none. */
    static TablePattern pattern(String text, String database) {
        return new TablePattern(database == null || text.indexOf('.') >= 0 ? text : database + "." + text);
    }

    /** Returns whether the text has no other placeholders than these. */
    static boolean isTemplate(String text, Set<String> placeholders) {
        return literalPart(text, placeholders) != null;
    }

    /** Returns the template with a letter for each placeholder; {@code null} if one is unknown. */
    private static String literalPart(String template, Set<String> placeholders) {
        boolean known = PLACEHOLDER
                .matcher(template)
                .results()
                .allMatch(placeholder -> placeholders.contains(placeholder.group(1)));
        return known ? PLACEHOLDER.matcher(template).replaceAll("x") : null;
    }
}
