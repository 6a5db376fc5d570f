package io.gravity.resolve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gravity.event.Row;
import io.gravity.event.SourcePosition;
import java.io.IOException;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class RowStateSerializerTest {
    private static final RowStateSerializer SERIALIZER = new RowStateSerializer();

    @Property
    void readsAndCopiesWhatItWrote(
            @ForAll("heads") @Size(max = 6) List<Head> heads,
            @ForAll boolean deleted,
            @ForAll long version,
            @ForAll @LongRange(min = 0) long expires,
            @ForAll int hash,
            @ForAll boolean stopped)
            throws IOException {
        var row = new RowState(heads, deleted, version, expires, hash, stopped);
        var bytes = write(row);
        var copy = new DataOutputSerializer(64);
        SERIALIZER.copy(new DataInputDeserializer(bytes), copy);

        assertThat(copy.getCopyOfBuffer()).isEqualTo(bytes);
        assertThat(SERIALIZER.deserialize(new DataInputDeserializer(bytes))).isEqualTo(row);
    }

    @Provide
    Arbitrary<List<Head>> heads() {
        return Combinators.combine(
                        Arbitraries.of("a", "orders-db", "ß"),
                        Arbitraries.longs().greaterOrEqual(-1),
                        Arbitraries.longs(),
                        Arbitraries.integers().between(0, 3))
                .as((source, number, micros, kind) -> new Head(
                        source,
                        new SourcePosition(number, number, number, number),
                        micros,
                        kind == 0,
                        kind < 2 ? null : image(micros, kind == 2)))
                .list();
    }

    private static Image image(long micros, boolean fromSnapshot) {
        return new Image(
                RowHistory.SCHEMA,
                Row.of(1L, null, micros, "a,b"),
                Row.of(null, "base", 0L, null),
                Long.MIN_VALUE,
                new long[] {micros, Long.MIN_VALUE, 0, -1},
                fromSnapshot);
    }

    @Test
    void aRowOfOneSourceTakesAboutFortyBytes() throws IOException {
        var head =
                new Head("orders-db", new SourcePosition(12, 900_000_000, 2, 1), 1_700_000_000_000_000L, false, null);
        assertThat(write(new RowState(List.of(head), false, 1_700_000_000_000_000L, 0, 0)).length)
                .isLessThanOrEqualTo(40);
    }

    @Test
    void sourcesWithTheSameColumnsShareThemInState() throws IOException {
        var one = new Head("a", SourcePosition.NONE, 1, false, image(1, false));
        var two = new Head("b", SourcePosition.NONE, 1, false, image(1, false));
        int alone = write(new RowState(List.of(one), false, 1, 0, 1)).length;
        assertThat(write(new RowState(List.of(one, two), false, 1, 0, 1)).length)
                .isLessThan(alone + 100);
    }

    @Test
    void rowsOfOneTableShareItsColumns() throws IOException {
        var row = new RowState(List.of(new Head("a", SourcePosition.NONE, 1, false, image(1, false))), false, 1, 0, 1);
        var bytes = write(row);
        var reader = new RowStateSerializer();
        var one = reader.deserialize(new DataInputDeserializer(bytes));
        var other = reader.deserialize(new DataInputDeserializer(bytes));
        assertThat(one).isEqualTo(row);
        assertThat(one.standing().image().schema())
                .isSameAs(other.standing().image().schema());
    }

    @Test
    void refusesAFormatOfANewerRelease() {
        assertThatThrownBy(() -> SERIALIZER.deserialize(new DataInputDeserializer(new byte[] {3, 0})))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "a row's state of format 3, this release reads format 2: restore with the release that wrote it");
    }

    @Test
    void savepointsOfThisReleaseAreReadAsTheyAre() {
        var snapshot = SERIALIZER.snapshotConfiguration();
        assertThat(snapshot.restoreSerializer()).isEqualTo(SERIALIZER);
        assertThat(SERIALIZER
                        .snapshotConfiguration()
                        .resolveSchemaCompatibility(snapshot)
                        .isCompatibleAsIs())
                .isTrue();
    }

    private static byte[] write(RowState row) throws IOException {
        var out = new DataOutputSerializer(64);
        SERIALIZER.serialize(row, out);
        return out.getCopyOfBuffer();
    }
}
