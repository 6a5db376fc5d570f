package io.gravity.source;

import com.github.shyiko.mysql.binlog.event.EventType;
import com.github.shyiko.mysql.binlog.event.TableMapEventData;
import com.github.shyiko.mysql.binlog.event.deserialization.ColumnType;
import com.github.shyiko.mysql.binlog.event.deserialization.EventDeserializer;
import com.github.shyiko.mysql.binlog.event.deserialization.TableMapEventDataDeserializer;
import com.github.shyiko.mysql.binlog.io.ByteArrayInputStream;
import io.debezium.connector.mysql.RowDeserializers;
import java.io.IOException;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads dates and times out of binlog rows, as {@link Temporals}. The connector's own reading gives NULL for dates that
 * are not in the calendar, and other spans for some negative ones ({@code -00:01:00} becomes {@code -00:01:03}).
 *
 * <p>The layouts are those of MySQL's {@code my_datetime_packed_from_binary} and its like, which MariaDB shares with
 * {@code mysql56_temporal_format=ON}, its default; and the ones before MySQL 5.6.4, which have no fractions.
 */
final class BinlogCells {
    private static final int MAX_TABLES = 10_000;
    private static final long TIME_OFFSET = 0x800000L;
    private static final long DATETIME_OFFSET = 0x8000000000L;

    private BinlogCells() {}

    /** Has rows read here, whatever reading the connector has set up. */
    static void install(EventDeserializer deserializer) {
        var tables = new LinkedHashMap<Long, TableMapEventData>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Long, TableMapEventData> eldest) {
                return size() > MAX_TABLES;
            }
        };
        deserializer.setEventDataDeserializer(EventType.TABLE_MAP, new TableMapEventDataDeserializer() {
            @Override
            public TableMapEventData deserialize(ByteArrayInputStream in) throws IOException {
                var table = super.deserialize(in);
                // Removed first, so that the tables in use are never the eldest.
                tables.remove(table.getTableId());
                tables.put(table.getTableId(), table);
                return table;
            }
        });
        deserializer.setEventDataDeserializer(EventType.WRITE_ROWS, new Inserts(tables));
        deserializer.setEventDataDeserializer(EventType.UPDATE_ROWS, new Updates(tables));
        deserializer.setEventDataDeserializer(EventType.DELETE_ROWS, new Deletes(tables));
        deserializer.setEventDataDeserializer(
                EventType.EXT_WRITE_ROWS, new Inserts(tables).setMayContainExtraInformation(true));
        deserializer.setEventDataDeserializer(
                EventType.EXT_UPDATE_ROWS, new Updates(tables).setMayContainExtraInformation(true));
        deserializer.setEventDataDeserializer(
                EventType.EXT_DELETE_ROWS, new Deletes(tables).setMayContainExtraInformation(true));
    }

    private static final class Inserts extends RowDeserializers.WriteRowsDeserializer {
        Inserts(Map<Long, TableMapEventData> tables) {
            super(tables);
        }

        @Override
        protected Serializable deserializeCell(ColumnType type, int meta, int length, ByteArrayInputStream in)
                throws IOException {
            return isTemporal(type) ? temporal(type, meta, in) : super.deserializeCell(type, meta, length, in);
        }
    }

    private static final class Updates extends RowDeserializers.UpdateRowsDeserializer {
        Updates(Map<Long, TableMapEventData> tables) {
            super(tables);
        }

        @Override
        protected Serializable deserializeCell(ColumnType type, int meta, int length, ByteArrayInputStream in)
                throws IOException {
            return isTemporal(type) ? temporal(type, meta, in) : super.deserializeCell(type, meta, length, in);
        }
    }

    private static final class Deletes extends RowDeserializers.DeleteRowsDeserializer {
        Deletes(Map<Long, TableMapEventData> tables) {
            super(tables);
        }

        @Override
        protected Serializable deserializeCell(ColumnType type, int meta, int length, ByteArrayInputStream in)
                throws IOException {
            return isTemporal(type) ? temporal(type, meta, in) : super.deserializeCell(type, meta, length, in);
        }
    }

    private static boolean isTemporal(ColumnType type) {
        return switch (type) {
            case DATE, NEWDATE, TIME, TIME_V2, DATETIME, DATETIME_V2, TIMESTAMP, TIMESTAMP_V2, YEAR -> true;
            default -> false;
        };
    }

    /**
     * Reads one value.
     *
     * @param digits behind the second
     * @return a Long as {@link Temporals} has it; of a YEAR an Integer
     */
    static Serializable temporal(ColumnType type, int digits, ByteArrayInputStream in) throws IOException {
        return switch (type) {
            case DATE, NEWDATE -> date(in.readInteger(3));
            case TIME -> oldTime(in.readInteger(3) << 8 >> 8);
            case TIME_V2 -> time(digits, in);
            case DATETIME -> oldDateTime(in.readLong(8));
            case DATETIME_V2 -> Temporals.packed(bigEndian(5, in) - DATETIME_OFFSET, fraction(digits, in));
            case TIMESTAMP -> in.readLong(4) * 1_000_000;
            case TIMESTAMP_V2 -> bigEndian(4, in) * 1_000_000 + fraction(digits, in);
            case YEAR -> year(in.readInteger(1));
            default -> throw new IllegalArgumentException("no date or time: " + type);
        };
    }

    private static long date(int value) {
        return Temporals.packed(value >> 9, value >> 5 & 15, value & 31, 0, 0, 0, 0);
    }

    private static long oldTime(int value) {
        int span = Math.abs(value);
        return Temporals.time(value < 0, span / 10_000, span / 100 % 100, span % 100, 0);
    }

    private static long oldDateTime(long value) {
        int date = (int) (value / 1_000_000);
        int clock = (int) (value % 1_000_000);
        return Temporals.packed(
                date / 10_000, date / 100 % 100, date % 100, clock / 10_000, clock / 100 % 100, clock % 100, 0);
    }

    /** A negative span is stored as the complement of all its bytes together, the fraction's among them. */
    private static long time(int digits, ByteArrayInputStream in) throws IOException {
        int fractionBits = 8 * fractionBytes(digits);
        long stored = bigEndian(3 + fractionBytes(digits), in) - (TIME_OFFSET << fractionBits);
        long span = Math.abs(stored);
        int clock = (int) (span >> fractionBits);
        int micros = (int) (span & ((1L << fractionBits) - 1)) * microsPerUnit(digits);
        return Temporals.time(stored < 0, clock >> 12 & 1023, clock >> 6 & 63, clock & 63, micros);
    }

    private static int fraction(int digits, ByteArrayInputStream in) throws IOException {
        return (int) bigEndian(fractionBytes(digits), in) * microsPerUnit(digits);
    }

    private static int fractionBytes(int digits) {
        return (digits + 1) / 2;
    }

    /** Fractions are stored in hundredths, in units of 100 microseconds, or in microseconds. */
    private static int microsPerUnit(int digits) {
        return switch (fractionBytes(digits)) {
            case 1 -> 10_000;
            case 2 -> 100;
            default -> 1;
        };
    }

    private static int year(int stored) {
        return stored == 0 ? 0 : 1900 + stored;
    }

    private static long bigEndian(int bytes, ByteArrayInputStream in) throws IOException {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value = value << 8 | in.read();
        }
        return value;
    }
}
