package io.gravity.types;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gravity.event.Column;
import io.gravity.event.Column.Declaration;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.TableSchema;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class SchemaCodecTest {
    private static final Column ID = new Column("id", ColumnType.of(Kind.INTEGER, "BIGINT"), false);
    private static final Column NAME = new Column("name", new ColumnType(Kind.TEXT, "VARCHAR", 40, -1), true);

    /** Written by the release before columns had declarations. */
    private static final String BEFORE_DECLARATIONS = "02"
            + "02" + "6964" + "00" + "06" + "424947494e54" + "ffffffff" + "ffffffff" + "00"
            + "04" + "6e616d65" + "0b" + "07" + "56415243484152" + "00000028" + "ffffffff" + "01"
            + "01" + "00";

    @Test
    void readsWhatAnEarlierReleaseWrote() throws IOException {
        assertThat(read(HexFormat.of().parseHex(BEFORE_DECLARATIONS))).isEqualTo(new TableSchema(List.of(ID, NAME), 0));
    }

    @Test
    void writesWhatDeclaresNothingAsBefore() throws IOException {
        assertThat(HexFormat.of().formatHex(write(new TableSchema(List.of(ID, NAME), 0))))
                .isEqualTo(BEFORE_DECLARATIONS);
    }

    @Test
    void keepsEachPartOfADeclaration() throws IOException {
        var schema = new TableSchema(
                List.of(
                        ID,
                        declared("a", new Declaration("'x'", null, null, null, false, List.of(), List.of())),
                        declared("b", new Declaration(null, "of ß", null, null, false, List.of(), List.of())),
                        declared("c", new Declaration(null, null, "latin1", null, false, List.of(), List.of())),
                        declared("d", new Declaration(null, null, null, "latin1_bin", true, List.of(), List.of())),
                        declared("e", new Declaration("", "", "", "", false, List.of("x,y", ""), List.of("f", "g")))),
                0);
        assertThat(read(write(schema))).isEqualTo(schema);
    }

    @Test
    void whatEachRowCarriesIsShort() throws IOException {
        var columns = new ArrayList<Column>(List.of(ID));
        for (int i = 0; i < 20; i++) {
            columns.add(declared(
                    "column_" + i,
                    new Declaration("''", null, "utf8mb4", "utf8mb4_general_ci", false, List.of(), List.of())));
        }
        var schema = new TableSchema(columns, 0);
        var encoded = SchemaCodec.encode(schema);
        assertThat(write(schema).length).isGreaterThan(1000);
        assertThat(encoded).hasSizeLessThan(250);
        assertThat(SchemaCodec.decode(encoded)).isEqualTo(schema);
        assertThat(SchemaCodec.decode(write(schema)))
                .as("as it was written before")
                .isEqualTo(schema);
        assertThatThrownBy(() -> SchemaCodec.decode(Arrays.copyOf(encoded, 50)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("damaged");
    }

    @Test
    void refusesAFormOfALaterRelease() {
        var bytes = HexFormat.of().parseHex(BEFORE_DECLARATIONS);
        bytes[20] = 4;
        assertThatThrownBy(() -> read(bytes))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "column id is declared in form 4, which this release does not know: restore with the release"
                                + " that wrote it");
    }

    private static Column declared(String name, Declaration declaration) {
        return new Column(name, NAME.type(), true, declaration);
    }

    private static byte[] write(TableSchema schema) throws IOException {
        var out = new DataOutputSerializer(64);
        SchemaCodec.write(schema, out);
        return out.getCopyOfBuffer();
    }

    private static TableSchema read(byte[] bytes) throws IOException {
        var in = new DataInputDeserializer(bytes);
        var schema = SchemaCodec.read(in);
        assertThat(in.available()).as("bytes left").isZero();
        return schema;
    }
}
