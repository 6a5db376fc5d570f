package io.gravity.types;

import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.TableSchema;
import io.gravity.event.Values;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;

/** The binary form of a table's columns, in flight and in state. */
public final class SchemaCodec {

    private SchemaCodec() {}

    public static void write(TableSchema schema, DataOutput out) throws IOException {
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

    public static TableSchema read(DataInput in) throws IOException {
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
        return new TableSchema(columns, keys);
    }
}
