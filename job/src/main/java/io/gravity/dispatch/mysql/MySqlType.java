package io.gravity.dispatch.mysql;

import static java.util.stream.Collectors.joining;

import io.gravity.event.Column;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A type of MySQL as a column is declared with it, and what it takes. Types form families; within one there is always a
 * type that takes all values of two others. Source: MySQL 8.4 Reference Manual, "Data Types"; MariaDB's differ in names.
 *
 * @param word the type's name in upper case, e.g. {@code VARCHAR}, of synonyms the one that servers show
 * @param length of characters, bytes, bits, digits or digits behind the second; -1 for none
 * @param scale digits behind the point of a DECIMAL; else -1
 * @param members of an ENUM or SET
 * @param charset of text; {@code null} if it is not known
 * @param collation likewise
 */
record MySqlType(
        String word, boolean unsigned, int length, int scale, List<String> members, String charset, String collation) {
    private static final Map<String, String> SYNONYMS = Map.ofEntries(
            Map.entry("INTEGER", "INT"),
            Map.entry("INT4", "INT"),
            Map.entry("BOOL", "TINYINT"),
            Map.entry("BOOLEAN", "TINYINT"),
            Map.entry("NUMERIC", "DECIMAL"),
            Map.entry("DEC", "DECIMAL"),
            Map.entry("FIXED", "DECIMAL"),
            Map.entry("REAL", "DOUBLE"),
            Map.entry("DOUBLE PRECISION", "DOUBLE"),
            Map.entry("CHARACTER", "CHAR"),
            Map.entry("NCHAR", "CHAR"),
            Map.entry("CHARACTER VARYING", "VARCHAR"),
            Map.entry("NVARCHAR", "VARCHAR"),
            Map.entry("LONG VARCHAR", "MEDIUMTEXT"),
            Map.entry("SERIAL", "BIGINT"),
            Map.entry("GEOMCOLLECTION", "GEOMETRYCOLLECTION"));
    private static final List<String> INTEGERS = List.of("TINYINT", "SMALLINT", "MEDIUMINT", "INT", "BIGINT");
    private static final List<Integer> INTEGER_BITS = List.of(8, 16, 24, 32, 64);
    private static final List<String> TEXTS = List.of("TINYTEXT", "TEXT", "MEDIUMTEXT", "LONGTEXT");
    private static final List<String> BLOBS = List.of("TINYBLOB", "BLOB", "MEDIUMBLOB", "LONGBLOB");
    private static final List<Long> CAPACITIES = List.of(255L, 65_535L, 16_777_215L, 4_294_967_295L);
    private static final Set<String> SPATIAL = Set.of(
            "GEOMETRY",
            "POINT",
            "LINESTRING",
            "POLYGON",
            "MULTIPOINT",
            "MULTILINESTRING",
            "MULTIPOLYGON",
            "GEOMETRYCOLLECTION");
    /** Rows end at 65,535 bytes, and a column of text must leave room for others. */
    private static final int MAX_VARCHAR = 16_000;

    /** What a text gets that nobody has declared the length or the members of; whatever a target has, takes it. */
    private static final int UNKNOWN_LENGTH = 255;

    private static final int MAX_DECIMAL = 65;
    private static final int MAX_SET = 64;
    /** A double counts integers one by one up to here. */
    private static final int DOUBLE_DIGITS = 15;

    private static final int FLOAT_DIGITS = 6;

    private enum Family {
        INTEGER,
        DECIMAL,
        APPROXIMATE,
        BITS,
        DATE,
        DATETIME,
        TIMESTAMP,
        TIME,
        YEAR,
        TEXT,
        CHOICE,
        CHOICES,
        JSON,
        BYTES,
        SPATIAL
    }

    MySqlType {
        members = List.copyOf(members);
    }

    /** Returns the type of a source's column. */
    static MySqlType of(Column column) {
        var declared = column.declared();
        var type = column.type();
        var text = type.sqlType().toUpperCase(Locale.ROOT);
        boolean unsigned = text.contains("UNSIGNED") || text.contains("ZEROFILL") || text.startsWith("SERIAL");
        var word = text.replace(" UNSIGNED", "").replace(" ZEROFILL", "").strip();
        int open = word.indexOf('(');
        return shaped(
                open < 0 ? word : word.substring(0, open).strip(),
                unsigned,
                type.length(),
                type.scale(),
                declared.members(),
                declared.charset(),
                declared.collation());
    }

    /** Returns the type of a column by the server's own text, e.g. {@code decimal(10,2) unsigned}. */
    static MySqlType parsed(String text, String charset, String collation) {
        int open = text.indexOf('(');
        int close = text.lastIndexOf(')');
        var rest = (open < 0 ? text : text.substring(0, open) + text.substring(close + 1)).toUpperCase(Locale.ROOT);
        boolean unsigned = rest.contains("UNSIGNED") || rest.contains("ZEROFILL");
        var word = rest.replace("UNSIGNED", "").replace("ZEROFILL", "").strip();
        int comment = word.indexOf("/*");
        word = comment < 0 ? word : word.substring(0, comment).strip();
        var arguments = open < 0 ? "" : text.substring(open + 1, close);
        if (word.equals("ENUM") || word.equals("SET")) {
            return shaped(word, false, -1, -1, members(arguments), charset, collation);
        }
        var numbers = arguments.isBlank() ? new String[0] : arguments.split(",", -1);
        return shaped(
                word,
                unsigned,
                numbers.length > 0 ? Integer.parseInt(numbers[0].strip()) : -1,
                numbers.length > 1 ? Integer.parseInt(numbers[1].strip()) : -1,
                List.of(),
                charset,
                collation);
    }

    private static MySqlType shaped(
            String name,
            boolean unsigned,
            int length,
            int scale,
            List<String> members,
            String charset,
            String collation) {
        var word = SYNONYMS.getOrDefault(name, name);
        var family = family(word);
        boolean hasText = family == Family.TEXT || family == Family.CHOICE || family == Family.CHOICES;
        boolean hasNumber = family == Family.INTEGER || family == Family.DECIMAL || family == Family.APPROXIMATE;
        return new MySqlType(
                word,
                hasNumber && unsigned,
                length(word, family, length),
                family == Family.DECIMAL ? Math.max(0, scale) : -1,
                members,
                hasText ? charset : null,
                hasText ? collation : null);
    }

    /** Display widths say nothing about values, but for TINYINT(1), which clients take for a boolean. */
    private static int length(String word, Family family, int length) {
        return switch (family) {
            case INTEGER -> word.equals("TINYINT") && length == 1 ? 1 : -1;
            case DECIMAL -> length < 0 ? 10 : length;
            case APPROXIMATE, DATE, YEAR, CHOICE, CHOICES, JSON, SPATIAL -> -1;
            case BITS -> Math.max(1, length);
            case DATETIME, TIMESTAMP, TIME -> Math.max(0, Math.min(6, length));
            case TEXT -> TEXTS.contains(word) ? -1 : Math.max(length, word.equals("CHAR") ? 1 : 0);
            case BYTES -> BLOBS.contains(word) ? -1 : Math.max(length, word.equals("BINARY") ? 1 : 0);
        };
    }

    private static List<String> members(String arguments) {
        var members = new ArrayList<String>();
        var member = new StringBuilder();
        boolean isInside = false;
        for (int i = 0; i < arguments.length(); i++) {
            char c = arguments.charAt(i);
            if (c != '\'') {
                if (isInside) {
                    member.append(c);
                }
            } else if (isInside && i + 1 < arguments.length() && arguments.charAt(i + 1) == '\'') {
                member.append(c);
                i++;
            } else {
                if (isInside) {
                    members.add(member.toString());
                    member.setLength(0);
                }
                isInside = !isInside;
            }
        }
        return members;
    }

    private static Family family(String word) {
        if (INTEGERS.contains(word)) {
            return Family.INTEGER;
        }
        if (TEXTS.contains(word)) {
            return Family.TEXT;
        }
        if (BLOBS.contains(word)) {
            return Family.BYTES;
        }
        if (SPATIAL.contains(word)) {
            return Family.SPATIAL;
        }
        return switch (word) {
            case "DECIMAL" -> Family.DECIMAL;
            case "FLOAT", "DOUBLE" -> Family.APPROXIMATE;
            case "BIT" -> Family.BITS;
            case "DATE" -> Family.DATE;
            case "DATETIME" -> Family.DATETIME;
            case "TIMESTAMP" -> Family.TIMESTAMP;
            case "TIME" -> Family.TIME;
            case "YEAR" -> Family.YEAR;
            case "ENUM" -> Family.CHOICE;
            case "SET" -> Family.CHOICES;
            case "JSON" -> Family.JSON;
            case "BINARY", "VARBINARY" -> Family.BYTES;
            default -> Family.TEXT;
        };
    }

    private Family family() {
        return family(word);
    }

    /** Returns the type in SQL. */
    String text() {
        var arguments =
                switch (family()) {
                    case INTEGER, BITS -> length < 0 ? "" : "(" + length + ")";
                    case TEXT, BYTES -> length < 0 ? "" : "(" + (length == 0 ? UNKNOWN_LENGTH : length) + ")";
                    case DECIMAL -> "(" + length + "," + scale + ")";
                    case DATETIME, TIMESTAMP, TIME -> length <= 0 ? "" : "(" + length + ")";
                    case CHOICE, CHOICES ->
                        members.isEmpty()
                                ? "(" + UNKNOWN_LENGTH + ")"
                                : members.stream().map(MySqlType::literal).collect(joining(",", "(", ")"));
                    case APPROXIMATE, DATE, YEAR, JSON, SPATIAL -> "";
                };
        boolean isUnknown = (family() == Family.CHOICE || family() == Family.CHOICES) && members.isEmpty();
        return (isUnknown ? "VARCHAR" : word)
                + arguments
                + (unsigned ? " UNSIGNED" : "")
                + (charset == null ? "" : " CHARACTER SET " + charset)
                + (collation == null ? "" : " COLLATE " + collation);
    }

    static String literal(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
    }

    /**
     * Returns whether this type takes every value of the other one, unchanged or as its text: what is there need not
     * be altered.
     */
    boolean holds(MySqlType other) {
        if (family() == other.family()) {
            return holdsKin(other);
        }
        return switch (family()) {
            case DECIMAL -> holdsDigits(other, length - scale);
            case APPROXIMATE -> other.family() != Family.DECIMAL && holdsDigits(other, exactDigits());
            case INTEGER -> other.family() == Family.YEAR && !word.equals("TINYINT");
            case DATETIME ->
                other.family() == Family.DATE || (other.family() == Family.TIMESTAMP && length >= other.length);
            case TEXT -> other.textLength() >= 0 && textCapacity() >= other.textLength() && takesCharset(other);
            case JSON -> other.isLongText();
            default -> false;
        };
    }

    private boolean isLongText() {
        return word.equals("LONGTEXT");
    }

    private boolean holdsDigits(MySqlType other, int digits) {
        return switch (other.family()) {
                    case INTEGER -> digits >= other.integerDigits();
                    case YEAR -> digits >= 4;
                    default -> false;
                }
                && !(unsigned && !other.unsigned && other.family() == Family.INTEGER);
    }

    private boolean holdsKin(MySqlType other) {
        return switch (family()) {
            case INTEGER -> least().compareTo(other.least()) <= 0 && most().compareTo(other.most()) >= 0;
            case DECIMAL ->
                scale >= other.scale && length - scale >= other.length - other.scale && (!unsigned || other.unsigned);
            case APPROXIMATE -> (word.equals("DOUBLE") || other.word.equals("FLOAT")) && (!unsigned || other.unsigned);
            case BITS, DATETIME, TIMESTAMP, TIME -> length >= other.length;
            case DATE, YEAR, JSON -> true;
            case TEXT ->
                takesCharset(other)
                        && !(word.equals("CHAR") && !other.word.equals("CHAR"))
                        && ((length >= 0 && other.length >= 0)
                                ? length >= other.length
                                : textBytes() >= other.textBytes());
            case CHOICE, CHOICES -> members.containsAll(other.members) && takesCharset(other);
            case BYTES ->
                !(word.equals("BINARY") && !other.word.equals("BINARY")) && byteCapacity() >= other.byteCapacity();
            case SPATIAL -> word.equals("GEOMETRY") || word.equals(other.word);
        };
    }

    /** Returns the narrowest type that takes both as what they are; empty if they have nothing to do with each other. */
    Optional<MySqlType> join(MySqlType other) {
        if (family() == other.family()) {
            return holdsKin(other)
                    ? Optional.of(this)
                    : other.holdsKin(this) ? Optional.of(other) : Optional.ofNullable(joinKin(other));
        }
        return Optional.ofNullable(joinOther(other)).or(() -> Optional.ofNullable(other.joinOther(this)));
    }

    private MySqlType joinKin(MySqlType other) {
        return switch (family()) {
            case INTEGER -> joinIntegers(other);
            case DECIMAL -> decimal(Math.max(length - scale, other.length - other.scale), Math.max(scale, other.scale));
            case APPROXIMATE -> plain(word.equals("DOUBLE") ? word : other.word);
            case TEXT -> joinTexts(other);
            case CHOICE, CHOICES -> joinMembers(other);
            case BYTES -> bytes(Math.max(byteCapacity(), other.byteCapacity()), isVarying() || other.isVarying());
            case SPATIAL -> plain("GEOMETRY");
            case BITS, DATE, DATETIME, TIMESTAMP, TIME, YEAR, JSON -> null;
        };
    }

    private MySqlType joinOther(MySqlType other) {
        return switch (family()) {
            case DECIMAL ->
                switch (other.family()) {
                    case INTEGER, YEAR -> decimal(Math.max(length - scale, other.integerDigits()), scale);
                    default -> null;
                };
            case APPROXIMATE ->
                other.family() == Family.INTEGER && other.integerDigits() <= DOUBLE_DIGITS ? plain("DOUBLE") : null;
            case INTEGER -> other.family() == Family.YEAR ? (holds(other) ? this : plain("SMALLINT")) : null;
            case DATETIME -> other.family() == Family.DATE ? this : null;
            case TEXT ->
                switch (other.family()) {
                    case CHOICE, CHOICES, JSON -> holds(other) ? this : text(other.textLength(), common(other));
                    default -> null;
                };
            default -> null;
        };
    }

    private MySqlType joinIntegers(MySqlType other) {
        for (int i = 0; i < INTEGERS.size(); i++) {
            for (boolean isUnsigned : new boolean[] {false, true}) {
                var type = new MySqlType(INTEGERS.get(i), isUnsigned, -1, -1, List.of(), null, null);
                if (type.holdsKin(this) && type.holdsKin(other)) {
                    return type;
                }
            }
        }
        return decimal(20, 0);
    }

    private MySqlType joinTexts(MySqlType other) {
        var both = common(other);
        if (length >= 0 && other.length >= 0) {
            int longest = Math.max(length, other.length);
            boolean isChar = word.equals("CHAR") && other.word.equals("CHAR");
            return withCharset(isChar ? "CHAR" : "VARCHAR", longest, both);
        }
        return text(Math.max(textBytes(), other.textBytes()), both);
    }

    private MySqlType joinMembers(MySqlType other) {
        var all = new LinkedHashSet<>(members);
        all.addAll(other.members);
        if (family() == Family.CHOICES && all.size() > MAX_SET) {
            return null;
        }
        var both = common(other);
        return new MySqlType(word, false, -1, -1, List.copyOf(all), both.charset(), both.collation());
    }

    /** Returns whichever of the two has the character set that takes both. */
    private MySqlType common(MySqlType other) {
        if (takesCharset(other)) {
            return this;
        }
        return other.takesCharset(this) ? other : new MySqlType("TEXT", false, -1, -1, List.of(), "utf8mb4", null);
    }

    private boolean takesCharset(MySqlType other) {
        return charset == null
                || other.charset == null
                || charset.equals(other.charset)
                || charset.equals("utf8mb4")
                || other.charset.equals("ascii")
                || (charset.equals("utf8mb3") && Set.of("utf8", "latin1").contains(other.charset))
                || (charset.equals("utf8") && Set.of("utf8mb3", "latin1").contains(other.charset));
    }

    private static MySqlType text(long bytes, MySqlType charset) {
        for (int i = 0; i < TEXTS.size(); i++) {
            if (CAPACITIES.get(i) >= bytes) {
                return withCharset(TEXTS.get(i), -1, charset);
            }
        }
        return withCharset("LONGTEXT", -1, charset);
    }

    private static MySqlType withCharset(String word, int length, MySqlType charset) {
        return length > MAX_VARCHAR
                ? text(4L * length, charset)
                : new MySqlType(word, false, length, -1, List.of(), charset.charset(), charset.collation());
    }

    private static MySqlType bytes(long bytes, boolean isVarying) {
        if (bytes <= MAX_VARCHAR) {
            return new MySqlType(isVarying ? "VARBINARY" : "BINARY", false, (int) bytes, -1, List.of(), null, null);
        }
        for (int i = 0; i < BLOBS.size(); i++) {
            if (CAPACITIES.get(i) >= bytes) {
                return plain(BLOBS.get(i));
            }
        }
        return plain("LONGBLOB");
    }

    private boolean isVarying() {
        return !word.equals("BINARY");
    }

    private static MySqlType decimal(int whole, int scale) {
        return whole + scale > MAX_DECIMAL
                ? null
                : new MySqlType("DECIMAL", false, whole + scale, scale, List.of(), null, null);
    }

    private static MySqlType plain(String word) {
        return new MySqlType(word, false, -1, -1, List.of(), null, null);
    }

    private int bits() {
        return INTEGER_BITS.get(INTEGERS.indexOf(word));
    }

    private BigInteger least() {
        return unsigned ? BigInteger.ZERO : BigInteger.ONE.shiftLeft(bits() - 1).negate();
    }

    private BigInteger most() {
        return BigInteger.ONE.shiftLeft(unsigned ? bits() : bits() - 1).subtract(BigInteger.ONE);
    }

    private int integerDigits() {
        return family() == Family.YEAR ? 4 : most().toString().length();
    }

    private int exactDigits() {
        return word.equals("DOUBLE") ? DOUBLE_DIGITS : FLOAT_DIGITS;
    }

    private long textCapacity() {
        return length >= 0 ? (word.equals("CHAR") ? -1 : length) : textBytes();
    }

    /** Returns the bytes that a text of this type may take. */
    private long textBytes() {
        int index = TEXTS.indexOf(word);
        return index >= 0 ? CAPACITIES.get(index) : (long) length * bytesPerCharacter();
    }

    private int bytesPerCharacter() {
        if (charset == null) {
            return 4;
        }
        return switch (charset) {
            case "ascii", "latin1", "latin2", "cp1250", "cp1251", "cp1252", "greek", "hebrew", "koi8r", "binary" -> 1;
            case "ucs2", "gbk", "big5", "sjis", "euckr", "gb2312" -> 2;
            case "utf8", "utf8mb3" -> 3;
            default -> 4;
        };
    }

    private long byteCapacity() {
        int index = BLOBS.indexOf(word);
        return index >= 0 ? CAPACITIES.get(index) : length;
    }

    /** Returns how long a value's text is at most; -1 if it has none that reads back as the same. */
    private long textLength() {
        return switch (family()) {
            case INTEGER -> integerDigits() + (unsigned ? 0 : 1);
            case DECIMAL -> length + 2L;
            case YEAR -> 4;
            case DATE -> 10;
            case DATETIME -> 19 + (length > 0 ? length + 1L : 0);
            case TIME -> 10 + (length > 0 ? length + 1L : 0);
            case CHOICE -> members.stream().mapToInt(String::length).max().orElse(255);
            case CHOICES ->
                members.stream().mapToInt(member -> member.length() + 1).sum();
            case JSON -> CAPACITIES.get(3);
            case TEXT -> textCapacity();
            case APPROXIMATE, BITS, TIMESTAMP, BYTES, SPATIAL -> -1;
        };
    }

    /** Returns what the server would put in a column NOT NULL without default, as a literal; {@code null} if it can't be one. */
    String zero() {
        return switch (family()) {
            case INTEGER, DECIMAL, APPROXIMATE -> "0";
            case YEAR -> "0000";
            case BITS -> "b'0'";
            case DATE -> "'0000-00-00'";
            case DATETIME, TIMESTAMP -> "'0000-00-00 00:00:00'";
            case TIME -> "'00:00:00'";
            case CHOICE -> members.isEmpty() ? null : literal(members.get(0));
            case CHOICES -> "''";
            case TEXT -> TEXTS.contains(word) ? null : "''";
            case BYTES -> BLOBS.contains(word) ? null : "''";
            case JSON, SPATIAL -> null;
        };
    }

    /** Returns whether a column of this type can have a default in any release. */
    boolean takesDefault() {
        return switch (family()) {
            case TEXT -> !TEXTS.contains(word);
            case BYTES -> !BLOBS.contains(word);
            case JSON, SPATIAL -> false;
            default -> true;
        };
    }
}
