package io.gravity.local.verify;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * How the values of a column are written for comparison: one text per value, whatever server it was read from. Each
 * form says how a server is asked for the value and how its answer is made canonical.
 */
enum Form {
    /** Integers of any size, YEAR, DECIMAL. */
    NUMBER {
        @Override
        String canonical(String text) {
            var number = new BigDecimal(text);
            return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
        }
    },
    FLOAT {
        /** Servers print a FLOAT with six digits unless it is part of an expression of double precision. */
        @Override
        String mysql(String column) {
            return column + " + 0e0";
        }

        @Override
        String canonical(String text) {
            return Float.toString(Float.parseFloat(text) + 0f);
        }
    },
    DOUBLE {
        @Override
        String canonical(String text) {
            return Double.toString(Double.parseDouble(text) + 0d);
        }
    },
    DATE {
        @Override
        String canonical(String text) {
            return LocalDate.parse(text).toString();
        }
    },
    /** A span, in microseconds: MySQL's -12:30:00.5 as well as ISO's PT-12H-30M-0.5S. */
    TIME {
        @Override
        String canonical(String text) {
            return micros(text.contains("P") ? Duration.parse(text) : clockSpan(text));
        }
    },
    /** A wall clock, without zone. */
    DATETIME {
        @Override
        String canonical(String text) {
            return LocalDateTime.parse(text.replace(' ', 'T')).toString();
        }
    },
    /** A moment; without a zone it is in UTC, as sessions of the verifier are. */
    TIMESTAMP {
        @Override
        String clickHouse(String column) {
            return "toString(toTimeZone(" + column + ", 'UTC'))";
        }

        @Override
        String canonical(String text) {
            return moment(text.replace(' ', 'T')).toString();
        }
    },
    TEXT {
        @Override
        String canonical(String text) {
            return text;
        }
    },
    /** A document; the order of members, spaces and the writing of numbers do not count. */
    JSON {
        @Override
        String canonical(String text) {
            return JsonText.canonical(text);
        }
    },
    /** Bytes, as hexadecimal digits. */
    BINARY {
        @Override
        String mysql(String column) {
            return "HEX(" + column + ")";
        }

        @Override
        String clickHouse(String column) {
            return "hex(" + column + ")";
        }

        @Override
        String canonical(String text) {
            return text.toUpperCase(Locale.ROOT);
        }

        @Override
        String canonicalJson(String text) {
            return HexFormat.of().withUpperCase().formatHex(Base64.getDecoder().decode(text));
        }
    },
    /** As {@link #BINARY}, but leading zeros do not count. */
    BITS {
        @Override
        String mysql(String column) {
            return "HEX(" + column + ")";
        }

        @Override
        String clickHouse(String column) {
            return "hex(" + column + ")";
        }

        @Override
        String canonical(String text) {
            return LEADING_ZEROS.matcher(BINARY.canonical(text)).replaceFirst("");
        }

        @Override
        String canonicalJson(String text) {
            return canonical(BINARY.canonicalJson(text));
        }
    };

    private static final Pattern LEADING_ZEROS = Pattern.compile("^0+(?=.)");
    private static final Pattern CLOCK_SPAN = Pattern.compile("(-?)(\\d+):(\\d\\d):(\\d\\d)(?:\\.(\\d{1,6}))?");

    /** The form for a type as {@code information_schema.columns.data_type} names it. */
    static Form of(String dataType) {
        return switch (dataType.toLowerCase(Locale.ROOT)) {
            case "tinyint", "smallint", "mediumint", "int", "bigint", "year", "decimal" -> NUMBER;
            case "float" -> FLOAT;
            case "double" -> DOUBLE;
            case "date" -> DATE;
            case "time" -> TIME;
            case "datetime" -> DATETIME;
            case "timestamp" -> TIMESTAMP;
            case "char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set" -> TEXT;
            case "json" -> JSON;
            case "bit" -> BITS;
            default -> BINARY;
        };
    }

    /** The expression by which MySQL gives the value as text. */
    String mysql(String column) {
        return "CAST(" + column + " AS CHAR)";
    }

    /** The expression by which ClickHouse gives the value as text. */
    String clickHouse(String column) {
        return "toString(" + column + ")";
    }

    /** The canonical text of what a server answered; throws a RuntimeException if it is no value of this form. */
    abstract String canonical(String text);

    /** The canonical text of a value that stood in JSON. */
    String canonicalJson(String text) {
        return canonical(text);
    }

    /** As {@link #canonical}; null stays null, and what can't be read stays as it is, to be seen as different. */
    final String lenient(String text) {
        try {
            return text == null ? null : canonical(text);
        } catch (RuntimeException e) {
            return text;
        }
    }

    /** As {@link #lenient}, for a value that stood in JSON. */
    final String lenientJson(String text) {
        try {
            return text == null ? null : canonicalJson(text);
        } catch (RuntimeException e) {
            return text;
        }
    }

    private static Instant moment(String text) {
        try {
            return LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
        } catch (DateTimeParseException e) {
            return OffsetDateTime.parse(text).toInstant();
        }
    }

    private static Duration clockSpan(String text) {
        var match = CLOCK_SPAN.matcher(text);
        if (!match.matches()) {
            throw new IllegalArgumentException("no span of time: " + text);
        }
        var fraction = match.group(5) == null ? "0" : (match.group(5) + "00000").substring(0, 6);
        var span = Duration.ofHours(Long.parseLong(match.group(2)))
                .plusMinutes(Long.parseLong(match.group(3)))
                .plusSeconds(Long.parseLong(match.group(4)))
                .plusNanos(Long.parseLong(fraction) * 1_000);
        return match.group(1).isEmpty() ? span : span.negated();
    }

    private static String micros(Duration span) {
        return BigDecimal.valueOf(span.getSeconds())
                .add(BigDecimal.valueOf(span.getNano(), 9))
                .movePointRight(6)
                .toBigInteger()
                .toString();
    }
}
