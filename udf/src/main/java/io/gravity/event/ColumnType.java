package io.gravity.event;

import static java.util.Objects.requireNonNull;

/**
 * A column's type, as far as delivery needs it.
 *
 * @param kind the family, which alone decides the Java class of the column's values
 * @param sqlType the source's own name in upper case, without arguments, e.g. {@code VARCHAR} or {@code BIGINT UNSIGNED}
 * @param length display length, precision or fraction digits as declared; -1 if the type has none
 * @param scale digits behind the point of a DECIMAL; -1 if the type has none
 */
public record ColumnType(Kind kind, String sqlType, int length, int scale) {

    /** Families of types; each states the class of its values. The ordinal is serialized: append only. */
    public enum Kind {
        /** {@link Long}: TINYINT to BIGINT, and UNSIGNED up to INT. */
        INTEGER,
        /** {@link java.math.BigInteger}: BIGINT UNSIGNED. */
        UNSIGNED_BIGINT,
        /** {@link java.math.BigDecimal} with the column's scale. */
        DECIMAL,
        /** {@link Float}. */
        FLOAT,
        /** {@link Double}. */
        DOUBLE,
        /** {@code byte[]}, most significant byte first, (n+7)/8 bytes of a BIT(n). */
        BITS,
        /** {@link java.time.LocalDate}, or {@link InvalidDate}. */
        DATE,
        /** {@link java.time.Duration}: TIME is a span from -838:59:59 to 838:59:59, not a time of day. */
        TIME,
        /** {@link java.time.LocalDateTime}, or {@link InvalidDate}: wall clock without zone. */
        DATETIME,
        /** {@link java.time.Instant}, or {@link InvalidDate#ZERO}. */
        TIMESTAMP,
        /** {@link Long}. */
        YEAR,
        /** {@link String}: CHAR, VARCHAR, TEXT. */
        TEXT,
        /** {@link String}: the member's text. */
        ENUM,
        /** {@link String}: the members' texts with commas between. */
        SET,
        /** {@link String}: the document's text. */
        JSON,
        /** {@code byte[]}: BINARY, VARBINARY, BLOB. */
        BINARY,
        /** {@code byte[]}: four bytes SRID, least significant first, then WKB; the form MySQL stores and takes. */
        GEOMETRY;

        private static final Kind[] VALUES = values();

        /** Returns the kind with this ordinal; used by the serializer. */
        public static Kind of(int ordinal) {
            return VALUES[ordinal];
        }
    }

    public ColumnType {
        requireNonNull(kind, "kind");
        requireNonNull(sqlType, "sqlType");
    }

    public static ColumnType of(Kind kind, String sqlType) {
        return new ColumnType(kind, sqlType, -1, -1);
    }
}
