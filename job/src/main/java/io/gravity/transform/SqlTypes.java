package io.gravity.transform;

import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the types that configuration names, e.g. {@code decimal(10,2)}. */
public final class SqlTypes {
    public static final String EXPECTED = "a type: tinyint, smallint, int, bigint, bigint unsigned, decimal(10,2),"
            + " float, double, varchar(255), text, date, datetime or timestamp";

    private static final Pattern FORM =
            Pattern.compile("([a-z]+(?: unsigned)?)(?: ?\\( ?(\\d{1,5})(?: ?, ?(\\d{1,2}))? ?\\))?");
    private static final int MAX_PRECISION = 65;
    private static final int MAX_SCALE = 30;
    private static final int MAX_VARCHAR = 65_535;

    private SqlTypes() {}

    /** Returns the type; empty if there is none such. */
    public static Optional<ColumnType> parse(String text) {
        var form = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!form.matches()) {
            return Optional.empty();
        }
        int first = form.group(2) == null ? -1 : Integer.parseInt(form.group(2));
        int second = form.group(3) == null ? -1 : Integer.parseInt(form.group(3));
        var name = form.group(1).toUpperCase(Locale.ROOT);
        if (name.equals("DECIMAL")) {
            int scale = Math.max(second, 0);
            return first >= 1 && first <= MAX_PRECISION && scale <= Math.min(first, MAX_SCALE)
                    ? Optional.of(new ColumnType(Kind.DECIMAL, name, first, scale))
                    : Optional.empty();
        }
        if (name.equals("VARCHAR")) {
            return first >= 1 && first <= MAX_VARCHAR && second < 0
                    ? Optional.of(new ColumnType(Kind.TEXT, name, first, -1))
                    : Optional.empty();
        }
        if (first >= 0) {
            return Optional.empty();
        }
        return switch (name) {
            case "TINYINT", "SMALLINT", "INT", "BIGINT" -> Optional.of(ColumnType.of(Kind.INTEGER, name));
            case "BIGINT UNSIGNED" -> Optional.of(ColumnType.of(Kind.UNSIGNED_BIGINT, name));
            case "FLOAT" -> Optional.of(ColumnType.of(Kind.FLOAT, name));
            case "DOUBLE" -> Optional.of(ColumnType.of(Kind.DOUBLE, name));
            case "TEXT" -> Optional.of(ColumnType.of(Kind.TEXT, name));
            case "DATE" -> Optional.of(ColumnType.of(Kind.DATE, name));
            case "DATETIME" -> Optional.of(new ColumnType(Kind.DATETIME, name, 6, -1));
            case "TIMESTAMP" -> Optional.of(new ColumnType(Kind.TIMESTAMP, name, 6, -1));
            default -> Optional.empty();
        };
    }

    /** Returns how {@link #parse} reads the type. */
    public static String text(ColumnType type) {
        var name = type.sqlType().toLowerCase(Locale.ROOT);
        return switch (type.kind()) {
            case DECIMAL -> name + "(" + type.length() + "," + type.scale() + ")";
            case TEXT -> type.length() < 0 ? name : name + "(" + type.length() + ")";
            default -> name;
        };
    }
}
