package io.gravity.resolve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gravity.event.SourcePosition;
import io.gravity.resolve.RowVersion.Seen;
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

class RowVersionSerializerTest {

    @Property
    void readsAndCopiesWhatItWrote(
            @ForAll("seen") @Size(min = 1, max = 6) List<Seen> seen,
            @ForAll boolean deleted,
            @ForAll long version,
            @ForAll @LongRange(min = 0) long expires)
            throws IOException {
        var row = new RowVersion(seen, deleted, version, expires);
        var bytes = write(row);
        var copy = new DataOutputSerializer(64);
        RowVersionSerializer.INSTANCE.copy(new DataInputDeserializer(bytes), copy);

        assertThat(copy.getCopyOfBuffer()).isEqualTo(bytes);
        assertThat(RowVersionSerializer.INSTANCE.deserialize(new DataInputDeserializer(bytes)))
                .isEqualTo(row);
    }

    @Provide
    Arbitrary<List<Seen>> seen() {
        return Combinators.combine(
                        Arbitraries.of("a", "orders-db", "ß"),
                        Arbitraries.longs().greaterOrEqual(-1),
                        Arbitraries.longs())
                .as((source, number, micros) ->
                        new Seen(source, new SourcePosition(number, number, number, number), micros))
                .list();
    }

    @Test
    void aRowOfOneSourceTakesAboutFortyBytes() throws IOException {
        var row = new RowVersion(
                List.of(new Seen("orders-db", new SourcePosition(12, 900_000_000, 2, 1), 1_700_000_000_000_000L)),
                false,
                1_700_000_000_000_000L,
                0);
        assertThat(write(row).length).isLessThanOrEqualTo(40);
    }

    @Test
    void refusesAFormatOfANewerRelease() {
        assertThatThrownBy(
                        () -> RowVersionSerializer.INSTANCE.deserialize(new DataInputDeserializer(new byte[] {2, 0})))
                .isInstanceOf(IOException.class)
                .hasMessage("a row version of format 2, this release reads 1: restore with the release that wrote it");
    }

    @Test
    void savepointsOfThisReleaseAreReadAsTheyAre() {
        var snapshot = RowVersionSerializer.INSTANCE.snapshotConfiguration();
        assertThat(snapshot.restoreSerializer()).isSameAs(RowVersionSerializer.INSTANCE);
        assertThat(RowVersionSerializer.INSTANCE
                        .snapshotConfiguration()
                        .resolveSchemaCompatibility(snapshot)
                        .isCompatibleAsIs())
                .isTrue();
    }

    private static byte[] write(RowVersion row) throws IOException {
        var out = new DataOutputSerializer(64);
        RowVersionSerializer.INSTANCE.serialize(row, out);
        return out.getCopyOfBuffer();
    }
}
