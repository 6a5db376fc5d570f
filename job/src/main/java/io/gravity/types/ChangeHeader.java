package io.gravity.types;

import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import io.gravity.event.Values;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/** What all changes of one table have in common until its schema changes. */
record ChangeHeader(String source, TableId table, TableId target, TableSchema schema) {

    byte[] encode() throws IOException {
        var buffer = new ByteArrayOutputStream(256);
        try (var out = new DataOutputStream(buffer)) {
            Values.writeString(out, source);
            write(out, table);
            write(out, target);
            SchemaCodec.write(schema, out);
        }
        return Packed.of(buffer.toByteArray());
    }

    static ChangeHeader decode(byte[] bytes) throws IOException {
        try (var in = new DataInputStream(new ByteArrayInputStream(Packed.plain(bytes)))) {
            var source = Values.readString(in).intern();
            var table = readTable(in);
            var target = readTable(in);
            return new ChangeHeader(source, table, target.equals(table) ? table : target, SchemaCodec.read(in));
        }
    }

    private static void write(DataOutputStream out, TableId table) throws IOException {
        Values.writeString(out, table.database());
        Values.writeString(out, table.name());
    }

    private static TableId readTable(DataInputStream in) throws IOException {
        return new TableId(Values.readString(in), Values.readString(in));
    }
}
