package io.gravity.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shyiko.mysql.binlog.event.deserialization.ColumnType;
import com.github.shyiko.mysql.binlog.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.Serializable;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class BinlogCellsTest {

    @Test
    void readsDatesThatAreNone() throws IOException {
        assertThat(cell(ColumnType.DATE, 0, "000000")).isEqualTo(Temporals.parsedDate("0000-00-00"));
        assertThat(cell(ColumnType.DATE, 0, "00d00f")).isEqualTo(Temporals.parsedDate("2024-00-00"));
        assertThat(cell(ColumnType.DATETIME_V2, 0, "8000000000"))
                .isEqualTo(Temporals.parsedDate("0000-00-00 00:00:00"));
        assertThat(cell(ColumnType.TIMESTAMP_V2, 6, "00000000000000")).isEqualTo(0L);
        assertThat(cell(ColumnType.YEAR, 0, "00")).isEqualTo(0);
        assertThat(cell(ColumnType.YEAR, 0, "ff")).isEqualTo(2155);
    }

    @Test
    void readsTheLayoutsWithoutFractions() throws IOException {
        assertThat(cell(ColumnType.TIME, 0, "0875fe")).isEqualTo(Temporals.parsedTime("-10:11:12"));
        assertThat(cell(ColumnType.DATETIME, 0, "f77cac8b68120000"))
                .isEqualTo(Temporals.parsedDate("2024-02-29 23:59:59"));
        assertThat(cell(ColumnType.TIMESTAMP, 0, "ffffffff")).isEqualTo(4_294_967_295_000_000L);
    }

    /** Whatever the span and its digits, what the server would write is read as what it was. */
    @Property
    void readsEverySpan(
            @ForAll boolean negative,
            @ForAll @IntRange(max = 838) int hours,
            @ForAll @IntRange(max = 59) int minutes,
            @ForAll @IntRange(max = 59) int seconds,
            @ForAll @IntRange(max = 999_999) int micros,
            @ForAll @IntRange(max = 6) int digits)
            throws IOException {
        int unit = (int) Math.pow(10, 6 - digits);
        int cut = micros / unit * unit;
        var span = Temporals.time(negative, hours, minutes, seconds, cut);
        assertThat(cell(ColumnType.TIME_V2, digits, stored(negative, hours, minutes, seconds, cut, digits)))
                .isEqualTo(span);
    }

    /** As {@code my_time_packed_to_binary}. */
    private static String stored(boolean negative, int hours, int minutes, int seconds, int micros, int digits) {
        long packed = ((long) hours << 12 | minutes << 6 | seconds) << 24 | micros;
        long signed = negative ? -packed : packed;
        return switch ((digits + 1) / 2) {
            case 0 -> "%06x".formatted(0x800000L + (signed >> 24));
            case 1 -> "%06x%02x".formatted(0x800000L + (signed >> 24), (signed % (1 << 24)) / 10_000 & 0xFF);
            case 2 -> "%06x%04x".formatted(0x800000L + (signed >> 24), (signed % (1 << 24)) / 100 & 0xFFFF);
            default -> "%012x".formatted(0x800000000000L + signed);
        };
    }

    private static Serializable cell(ColumnType type, int digits, String stored) throws IOException {
        return BinlogCells.temporal(
                type, digits, new ByteArrayInputStream(HexFormat.of().parseHex(stored)));
    }
}
