package io.gravity.event;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;

/**
 * The binary form of row values: one tag byte, then the value. Used for rows in flight, in state, and for row keys, so
 * a tag's meaning never changes; new ones are appended.
 */
public final class Values {
    private static final int NULL = 0;
    private static final int LONG = 1;
    private static final int STRING = 2;
    private static final int BIG_DECIMAL = 3;
    private static final int BIG_INTEGER = 4;
    private static final int DOUBLE = 5;
    private static final int FLOAT = 6;
    private static final int BYTES = 7;
    private static final int DATE = 8;
    private static final int DATETIME = 9;
    private static final int INSTANT = 10;
    private static final int DURATION = 11;
    private static final int INVALID_DATE = 12;

    private Values() {}

    /** Writes one value; throws {@link IllegalArgumentException} if its class is none of {@link ColumnType.Kind}'s. */
    public static void write(DataOutput out, Object value) throws IOException {
        if (value == null) {
            out.writeByte(NULL);
        } else if (value instanceof Long v) {
            out.writeByte(LONG);
            writeVarLong(out, (v << 1) ^ (v >> 63));
        } else if (value instanceof String v) {
            out.writeByte(STRING);
            writeString(out, v);
        } else if (value instanceof BigDecimal v) {
            out.writeByte(BIG_DECIMAL);
            writeVarLong(out, v.scale());
            writeBytes(out, v.unscaledValue().toByteArray());
        } else if (value instanceof BigInteger v) {
            out.writeByte(BIG_INTEGER);
            writeBytes(out, v.toByteArray());
        } else if (value instanceof Double v) {
            out.writeByte(DOUBLE);
            out.writeDouble(v);
        } else if (value instanceof Float v) {
            out.writeByte(FLOAT);
            out.writeFloat(v);
        } else if (value instanceof byte[] v) {
            out.writeByte(BYTES);
            writeBytes(out, v);
        } else if (value instanceof LocalDate v) {
            out.writeByte(DATE);
            out.writeInt((int) v.toEpochDay());
        } else if (value instanceof LocalDateTime v) {
            out.writeByte(DATETIME);
            out.writeLong(v.toEpochSecond(ZoneOffset.UTC));
            out.writeInt(v.getNano());
        } else if (value instanceof Instant v) {
            out.writeByte(INSTANT);
            out.writeLong(v.getEpochSecond());
            out.writeInt(v.getNano());
        } else if (value instanceof Duration v) {
            out.writeByte(DURATION);
            out.writeLong(v.getSeconds());
            out.writeInt(v.getNano());
        } else if (value instanceof InvalidDate v) {
            out.writeByte(INVALID_DATE);
            out.writeShort(v.year());
            out.writeByte(v.month());
            out.writeByte(v.day());
            out.writeLong(v.time().toNanoOfDay());
        } else {
            throw new IllegalArgumentException(
                    "a row can't hold a " + value.getClass().getName());
        }
    }

    /** Reads what {@link #write} wrote. */
    public static Object read(DataInput in) throws IOException {
        int tag = in.readUnsignedByte();
        return switch (tag) {
            case NULL -> null;
            case LONG -> {
                long v = readVarLong(in);
                yield (v >>> 1) ^ -(v & 1);
            }
            case STRING -> readString(in);
            case BIG_DECIMAL -> {
                int scale = (int) readVarLong(in);
                yield new BigDecimal(new BigInteger(readBytes(in)), scale);
            }
            case BIG_INTEGER -> new BigInteger(readBytes(in));
            case DOUBLE -> in.readDouble();
            case FLOAT -> in.readFloat();
            case BYTES -> readBytes(in);
            case DATE -> LocalDate.ofEpochDay(in.readInt());
            case DATETIME -> LocalDateTime.ofEpochSecond(in.readLong(), in.readInt(), ZoneOffset.UTC);
            case INSTANT -> Instant.ofEpochSecond(in.readLong(), in.readInt());
            case DURATION -> Duration.ofSeconds(in.readLong(), in.readInt());
            case INVALID_DATE ->
                new InvalidDate(
                        in.readShort(),
                        in.readUnsignedByte(),
                        in.readUnsignedByte(),
                        LocalTime.ofNanoOfDay(in.readLong()));
            default ->
                throw new IOException(
                        "unknown value tag " + tag
                                + ": written by a newer release, or the stream is damaged. Restore with the release that wrote it.");
        };
    }

    /** Writes a string of any length as UTF-8. */
    public static void writeString(DataOutput out, String value) throws IOException {
        writeBytes(out, value.getBytes(StandardCharsets.UTF_8));
    }

    public static String readString(DataInput in) throws IOException {
        return new String(readBytes(in), StandardCharsets.UTF_8);
    }

    public static void writeBytes(DataOutput out, byte[] value) throws IOException {
        writeVarLong(out, value.length);
        out.write(value);
    }

    public static byte[] readBytes(DataInput in) throws IOException {
        var bytes = new byte[(int) readVarLong(in)];
        in.readFully(bytes);
        return bytes;
    }

    /** Writes an unsigned number in one to ten bytes, small ones short. */
    public static void writeVarLong(DataOutput out, long value) throws IOException {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out.writeByte((int) (rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        out.writeByte((int) rest);
    }

    public static long readVarLong(DataInput in) throws IOException {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int b = in.readUnsignedByte();
            value |= (long) (b & 0x7F) << shift;
            if ((b & 0x80) == 0) {
                return value;
            }
        }
        throw new IOException("a number of more than ten bytes: the stream is damaged");
    }
}
