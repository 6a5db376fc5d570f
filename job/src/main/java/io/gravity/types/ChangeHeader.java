package io.gravity.types;

import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import io.gravity.event.Values;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;

/** What all changes of one table have in common until its schema changes. */
record ChangeHeader(String source, TableId table, TableId target, TableSchema schema) {

    byte[] encode() throws IOException {
        var buffer = new ByteArrayOutputStream(256);
        try (var out = new DataOutputStream(buffer)) {
            Values.writeString(out, source);
            write(out, table);
            write(out, target);
            Values.writeVarLong(out, schema.columnCount());
            for (var column : schema.columns()) {
                Values.writeString(out, column.name());
                out.writeByte(column.type().kind().ordinal());
                Values.writeString(out, column.type().sqlType());
                out.writeInt(column.type().length());
                out.writeInt(column.type().scale());
                out.writeBoolean(column.nullable());
            }
            Values.writeVarLong(out, schema.keyColumnCount());
            for (int i = 0; i < schema.keyColumnCount(); i++) {
                Values.writeVarLong(out, schema.keyColumn(i));
            }
        }
        return buffer.toByteArray();
    }

    static ChangeHeader decode(byte[] bytes) throws IOException {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            var source = Values.readString(in).intern();
            var table = readTable(in);
            var target = readTable(in);
            int columnCount = (int) Values.readVarLong(in);
            var columns = new ArrayList<Column>(columnCount);
            for (int i = 0; i < columnCount; i++) {
                var name = Values.readString(in);
                var type = new ColumnType(
                        ColumnType.Kind.of(in.readUnsignedByte()), Values.readString(in), in.readInt(), in.readInt());
                columns.add(new Column(name, type, in.readBoolean()));
            }
            var keys = new int[(int) Values.readVarLong(in)];
            for (int i = 0; i < keys.length; i++) {
                keys[i] = (int) Values.readVarLong(in);
            }
            return new ChangeHeader(
                    source, table, target.equals(table) ? table : target, new TableSchema(columns, keys));
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
