package io.gravity.types;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gravity.event.ChangeEvent;
import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.Operation;
import io.gravity.event.Row;
import io.gravity.event.SourcePosition;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class ChangeEventSerializerTest {
    private static final SourcePosition POSITION = new SourcePosition(7, 4_000_000_000L, 3, 12);

    @Property
    void readsWhatItWroteWhateverTablesAndSchemasFollowEachOther(@ForAll("streams") List<ChangeEvent> stream)
            throws IOException {
        var bytes = write(new ChangeEventSerializer(), stream);
        assertThat(read(new ChangeEventSerializer(), bytes, stream.size())).isEqualTo(stream);
    }

    @Property
    void aReceiverCanBeginAnywhere(@ForAll("streams") List<ChangeEvent> stream) throws IOException {
        var writer = new ChangeEventSerializer();
        var in = new ArrayList<byte[]>();
        for (var event : stream) {
            in.add(write(writer, List.of(event)));
        }
        int middle = stream.size() / 2;
        var late = new ChangeEventSerializer();
        for (int i = middle; i < stream.size(); i++) {
            assertThat(read(late, in.get(i), 1)).containsExactly(stream.get(i));
        }
    }

    @Property
    void copyingBytesCopiesTheChange(@ForAll("streams") List<ChangeEvent> stream) throws IOException {
        var bytes = write(new ChangeEventSerializer(), stream);
        var copy = new DataOutputSerializer(64);
        var source = new DataInputDeserializer(bytes);
        var copier = new ChangeEventSerializer();
        for (int i = 0; i < stream.size(); i++) {
            copier.copy(source, copy);
        }
        assertThat(copy.getCopyOfBuffer()).isEqualTo(bytes);
    }

    @Property
    void equalChangesHaveEqualBytes(@ForAll("changes") ChangeEvent event) throws IOException {
        var again = read(new ChangeEventSerializer(), write(new ChangeEventSerializer(), List.of(event)), 1)
                .get(0);
        assertThat(again).isEqualTo(event).hasSameHashCodeAs(event);
        assertThat(write(new ChangeEventSerializer(), List.of(again)))
                .isEqualTo(write(new ChangeEventSerializer(), List.of(event)));
    }

    @Provide
    Arbitrary<ChangeEvent> changes() {
        return AnyChange.arbitrary();
    }

    @Provide
    Arbitrary<List<ChangeEvent>> streams() {
        return AnyChange.arbitrary().list().ofMinSize(1).ofMaxSize(12);
    }

    @Test
    void oneTablesChangesShareOneSchemaAfterReading() throws IOException {
        var stream = List.of(
                Changes.from("a").at(1, 1).insert(1, 1),
                Changes.from("a").at(2, 2).insert(2, 1));
        var read = read(new ChangeEventSerializer(), write(new ChangeEventSerializer(), stream), 2);
        assertThat(read.get(1).schema()).isSameAs(read.get(0).schema());
        assertThat(read.get(1).table())
                .isSameAs(read.get(0).table())
                .isSameAs(read.get(1).target());
    }

    @Test
    void twoSourcesOfOneTableStayApart() throws IOException {
        var stream = List.of(
                Changes.from("a").at(1, 1).insert(1, 1),
                Changes.from("b").at(1, 1).insert(1, 2),
                Changes.from("a").at(2, 2).update(1, 3));
        assertThat(read(new ChangeEventSerializer(), write(new ChangeEventSerializer(), stream), 3))
                .extracting(ChangeEvent::source)
                .containsExactly("a", "b", "a");
    }

    @Test
    void aColumnAddedBetweenTwoChangesIsSeenFromTheSecondOn() throws IOException {
        var id = new Column("id", ColumnType.of(Kind.INTEGER, "BIGINT"), false);
        var name = new Column("name", ColumnType.of(Kind.TEXT, "VARCHAR"), true);
        var stream = List.of(
                insert(new TableSchema(List.of(id), 0), Row.of(1L)),
                insert(new TableSchema(List.of(id, name), 0), Row.of(2L, "two")),
                insert(new TableSchema(List.of(id), 0), Row.of(3L)));
        assertThat(read(new ChangeEventSerializer(), write(new ChangeEventSerializer(), stream), 3))
                .isEqualTo(stream);
    }

    @Test
    void keepsSixteenMegabytesOfText() throws IOException {
        var schema = new TableSchema(
                List.of(
                        new Column("id", ColumnType.of(Kind.INTEGER, "BIGINT"), false),
                        new Column("body", ColumnType.of(Kind.TEXT, "LONGTEXT"), true)),
                0);
        var stream = List.of(insert(schema, Row.of(1L, "0123456789abcdeß".repeat(1 << 20))));
        assertThat(read(new ChangeEventSerializer(), write(new ChangeEventSerializer(), stream), 1))
                .isEqualTo(stream);
    }

    @Test
    void keepsThePositionBeforeEveryPosition() throws IOException {
        for (var position : List.of(
                SourcePosition.NONE,
                POSITION,
                new SourcePosition(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE))) {
            var out = new DataOutputSerializer(64);
            ChangeEventSerializer.writePosition(position, out);
            assertThat(ChangeEventSerializer.readPosition(new DataInputDeserializer(out.getCopyOfBuffer())))
                    .isEqualTo(position);
        }
    }

    @Test
    void aSmallChangeTakesFewBytesBesidesItsHeader() throws IOException {
        var serializer = new ChangeEventSerializer();
        var event = Changes.from("a").at(1, 1_700_000_000_000L).insert(1, 100);
        int withHeader = write(serializer, List.of(event)).length;
        int header = new ChangeHeader(event.source(), event.table(), event.target(), event.schema()).encode().length;
        assertThat(withHeader - header).isLessThan(70);
    }

    @Test
    void refusesAFormatOfANewerRelease() throws IOException {
        var bytes = write(
                new ChangeEventSerializer(), List.of(Changes.from("a").at(1, 1).insert(1, 1)));
        bytes[0] = 9;
        assertThatThrownBy(() -> read(new ChangeEventSerializer(), bytes, 1))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "a change of format 9, this release reads format 1: restore with the release that wrote it");
    }

    @Test
    void savepointsOfThisReleaseAreReadAsTheyAre() {
        assertCompatibleWithItself(new ChangeEventSerializer());
        assertCompatibleWithItself(RowKeySerializer.INSTANCE);
    }

    private static <T> void assertCompatibleWithItself(TypeSerializer<T> serializer) {
        var snapshot = serializer.snapshotConfiguration();
        assertThat(snapshot.restoreSerializer()).isEqualTo(serializer);
        assertThat(serializer
                        .duplicate()
                        .snapshotConfiguration()
                        .resolveSchemaCompatibility(snapshot)
                        .isCompatibleAsIs())
                .isTrue();
    }

    private static ChangeEvent insert(TableSchema schema, Row row) {
        var table = TableId.parse("shop.docs");
        return ChangeEvent.captured("a", table, table, Operation.INSERT, schema, null, row, 5, POSITION, 6);
    }

    private static byte[] write(ChangeEventSerializer serializer, List<ChangeEvent> stream) throws IOException {
        var out = new DataOutputSerializer(64);
        for (var event : stream) {
            serializer.serialize(event, out);
        }
        return out.getCopyOfBuffer();
    }

    private static List<ChangeEvent> read(ChangeEventSerializer serializer, byte[] bytes, int count)
            throws IOException {
        var in = new DataInputDeserializer(bytes);
        var read = new ArrayList<ChangeEvent>();
        for (int i = 0; i < count; i++) {
            read.add(serializer.deserialize(in));
        }
        assertThat(in.available()).as("bytes left").isZero();
        return read;
    }
}
