package io.gravity.local.types;

import com.fasterxml.jackson.core.JsonFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HexFormat;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How values of a family of types are written in each kind of record: a row of the contract. The words are the README's;
 * each method returns the JSON text of a value whose plain text is given, and {@code avro} the text of what a reader of
 * Avro gets.
 */
enum Form {
    INTEGER(
            "TINYINT to BIGINT; UNSIGNED up to INT",
            "`Long`",
            "Int8 to Int64, UInt8 to UInt64",
            "number",
            "number",
            "text",
            "number",
            "long") {
        @Override
        String gravity(String text) {
            return text;
        }
    },
    UNSIGNED_BIGINT("BIGINT UNSIGNED", "`BigInteger`", "UInt64", "text", "text", "text", "number", "decimal(20,0)") {
        @Override
        String gravity(String text) {
            return quoted(text);
        }

        @Override
        String maxwell(String text) {
            return text;
        }
    },
    DECIMAL(
            "DECIMAL(p,s), up to 65 digits",
            "`BigDecimal` of that scale",
            "Decimal(p,s)",
            "text",
            "text",
            "text",
            "number",
            "decimal(p,s)") {
        @Override
        String gravity(String text) {
            return quoted(text);
        }

        @Override
        String maxwell(String text) {
            return text;
        }
    },
    FLOAT("FLOAT", "`Float`", "Float32", "number", "number", "text", "number", "float") {
        @Override
        String gravity(String text) {
            return Float.toString(Float.parseFloat(text));
        }

        @Override
        String avro(String text) {
            return gravity(text);
        }
    },
    DOUBLE("DOUBLE", "`Double`", "Float64", "number", "number", "text", "number", "double") {
        @Override
        String gravity(String text) {
            return Double.toString(Double.parseDouble(text));
        }

        @Override
        String avro(String text) {
            return gravity(text);
        }
    },
    BIT(
            "BIT(n)",
            "`byte[]`, most significant first",
            "UInt64",
            "Base64",
            "BIT(1) boolean, else Base64, least significant first",
            "text of the number",
            "number",
            "bytes") {
        @Override
        String gravity(String hex) {
            return base64(hex);
        }

        @Override
        String debezium(String hex) {
            var bytes = HexFormat.of().parseHex(hex);
            var reversed = new byte[bytes.length];
            for (int i = 0; i < bytes.length; i++) {
                reversed[i] = bytes[bytes.length - 1 - i];
            }
            return quoted(Base64.getEncoder().encodeToString(reversed));
        }

        @Override
        String canal(String hex) {
            return quoted(number(hex));
        }

        @Override
        String maxwell(String hex) {
            return number(hex);
        }

        @Override
        String clickHouse(String hex) {
            return number(hex);
        }

        private static String number(String hex) {
            return new java.math.BigInteger(hex, 16).toString();
        }
    },
    DATE(
            "DATE",
            "`LocalDate`, or `InvalidDate`",
            "Date32",
            "`\"2024-02-29\"`",
            "the same",
            "the same",
            "the same",
            "date") {
        @Override
        String gravity(String text) {
            return quoted(text);
        }
    },
    TIME(
            "TIME(n)",
            "`Duration`",
            "String",
            "`\"-838:59:59.000001\"`",
            "the same",
            "the same",
            "the same",
            "long, microseconds") {
        @Override
        String gravity(String text) {
            return quoted(text);
        }

        @Override
        String avro(String text) {
            boolean negative = text.startsWith("-");
            var parts = text.substring(negative ? 1 : 0).split("[:.]");
            long micros = ((Long.parseLong(parts[0]) * 60 + Long.parseLong(parts[1])) * 60 + Long.parseLong(parts[2]))
                            * 1_000_000
                    + (parts.length > 3 ? Long.parseLong(parts[3]) : 0);
            return String.valueOf(negative ? -micros : micros);
        }
    },
    DATETIME(
            "DATETIME(n)",
            "`LocalDateTime`, or `InvalidDate`",
            "DateTime64(n, 'UTC')",
            "`\"2024-02-29T23:59:59.123456\"`",
            "`\"2024-02-29 23:59:59.123456\"`",
            "as `debezium-json`",
            "as `debezium-json`",
            "local-timestamp-micros") {
        @Override
        String gravity(String text) {
            return quoted(text.replace(' ', 'T'));
        }

        @Override
        String debezium(String text) {
            return quoted(text);
        }

        @Override
        String avro(String text) {
            return micros(text);
        }
    },
    TIMESTAMP(
            "TIMESTAMP(n)",
            "`Instant`, or `InvalidDate.ZERO`",
            "DateTime64(n, 'UTC')",
            "`\"2024-02-29T23:59:59.123456Z\"`",
            "`\"2024-02-29 23:59:59.123456Z\"`",
            "without `Z`",
            "without `Z`",
            "timestamp-micros") {
        @Override
        String gravity(String text) {
            return quoted(text.replace(' ', 'T') + "Z");
        }

        @Override
        String debezium(String text) {
            return quoted(text + "Z");
        }

        @Override
        String canal(String text) {
            return quoted(text);
        }

        @Override
        String maxwell(String text) {
            return quoted(text);
        }

        @Override
        String avro(String text) {
            return micros(text);
        }
    },
    YEAR("YEAR", "`Long`; 0 is `0000`", "UInt16", "number", "number", "text", "number", "int") {
        @Override
        String gravity(String text) {
            return text;
        }
    },
    TEXT("CHAR, VARCHAR, TEXT of any charset; ENUM", "`String`", "String", "text", "text", "text", "text", "string") {
        @Override
        String gravity(String text) {
            return quoted(text);
        }
    },
    SET("SET", "`String`, commas between members", "String", "text", "text", "text", "array of texts", "string") {
        @Override
        String gravity(String text) {
            return quoted(text);
        }

        @Override
        String maxwell(String text) {
            return text.isEmpty()
                    ? "[]"
                    : Stream.of(text.split(",")).map(Form::quoted).collect(Collectors.joining(",", "[", "]"));
        }
    },
    JSON("JSON", "`String`, as the server writes it", "String", "text", "text", "text", "text", "string") {
        @Override
        String gravity(String text) {
            return quoted(text);
        }
    },
    BINARY("BINARY, VARBINARY, BLOB", "`byte[]`", "String", "Base64", "Base64", "Base64", "Base64", "bytes") {
        @Override
        String gravity(String hex) {
            return base64(hex);
        }

        @Override
        String canal(String hex) {
            return base64(hex);
        }
    },
    GEOMETRY(
            "POINT, POLYGON and the other spatial types",
            "`byte[]`: SRID, then WKB",
            "String",
            "Base64",
            "`{\"wkb\": Base64, \"srid\": 4326}`",
            "Base64",
            "Base64",
            "bytes") {
        @Override
        String gravity(String hex) {
            return base64(hex);
        }

        @Override
        String debezium(String hex) {
            var srid = Integer.reverseBytes(Integer.parseUnsignedInt(hex.substring(0, 8), 16));
            return "{\"wkb\":" + base64(hex.substring(8)) + ",\"srid\":" + srid + "}";
        }

        @Override
        String maxwell(String hex) {
            return base64(hex);
        }

        @Override
        String canal(String hex) {
            return base64(hex);
        }
    };

    private final String[] words;

    Form(String... words) {
        this.words = words;
    }

    /** Returns the contract's line in the README's table. */
    String line() {
        return "| " + String.join(" | ", words) + " |";
    }

    /** Of {@code gravity-json} and {@code event-json}. */
    abstract String gravity(String text);

    String debezium(String text) {
        return gravity(text);
    }

    /** All values are texts. */
    String canal(String text) {
        var common = debezium(text);
        return common.startsWith("\"") ? common : quoted(common);
    }

    String maxwell(String text) {
        return debezium(text);
    }

    String avro(String text) {
        return text;
    }

    String clickHouse(String text) {
        return text;
    }

    /** Whether texts in ClickHouse and Avro are compared as numbers. */
    boolean isNumber() {
        return switch (this) {
            case INTEGER, UNSIGNED_BIGINT, DECIMAL, FLOAT, DOUBLE, BIT, YEAR -> true;
            default -> false;
        };
    }

    boolean isBinary() {
        return this == BINARY || this == GEOMETRY;
    }

    /** Returns SQL that is true where two columns hold the same, to the bit. */
    String same(String left, String right) {
        return switch (this) {
            case INTEGER, UNSIGNED_BIGINT, DECIMAL, FLOAT, DOUBLE, BIT, YEAR -> left + " <=> " + right;
            case TEXT, SET -> "HEX(" + left + ") <=> HEX(" + right + ") AND " + left + "+0 <=> " + right + "+0";
            case BINARY, GEOMETRY -> "HEX(" + left + ") <=> HEX(" + right + ")";
            case DATE, TIME, DATETIME, TIMESTAMP, JSON -> "CAST(" + left + " AS CHAR) <=> CAST(" + right + " AS CHAR)";
        };
    }

    static String quoted(String text) {
        var out = new ByteArrayOutputStream();
        try (var json = new JsonFactory().createGenerator(out)) {
            json.writeString(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    private static String base64(String hex) {
        return quoted(Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hex)));
    }

    private static String micros(String text) {
        var time = LocalDateTime.parse(text.replace(' ', 'T'));
        return String.valueOf(ChronoUnit.MICROS.between(LocalDateTime.of(1970, 1, 1, 0, 0), time));
    }
}
