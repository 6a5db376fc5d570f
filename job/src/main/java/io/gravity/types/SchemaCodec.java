package io.gravity.types;

import io.gravity.event.Column;
import io.gravity.event.Column.Declaration;
import io.gravity.event.ColumnType;
import io.gravity.event.TableSchema;
import io.gravity.event.Values;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * The binary form of a table's columns, in flight and in state. What a column declares stands behind it if there is
 * anything; a byte that once said only whether the column can be NULL tells.
 */
public final class SchemaCodec {
    private static final int USUAL_LENGTH = 512;
    private static final int NULLABLE = 1;
    private static final int DECLARED = 2;
    private static final int KNOWN = NULLABLE | DECLARED;

    private static final int HAS_DEFAULT = 1;
    private static final int HAS_COMMENT = 2;
    private static final int HAS_CHARSET = 4;
    private static final int HAS_COLLATION = 8;
    private static final int GENERATED = 16;
    private static final int HAS_MEMBERS = 32;
    private static final int HAS_FORMER_NAMES = 64;

    private SchemaCodec() {}

    /** Returns the columns in the shortest form, for where each row has them. */
    public static byte[] encode(TableSchema schema) throws IOException {
        var out = new DataOutputSerializer(USUAL_LENGTH);
        write(schema, out);
        return Packed.of(out.getCopyOfBuffer());
    }

    /** Reads what {@link #encode} returned, and what {@link #write} wrote. */
    public static TableSchema decode(byte[] bytes) throws IOException {
        return read(new DataInputDeserializer(Packed.plain(bytes)));
    }

    public static void write(TableSchema schema, DataOutput out) throws IOException {
        Values.writeVarLong(out, schema.columnCount());
        for (var column : schema.columns()) {
            Values.writeString(out, column.name());
            out.writeByte(column.type().kind().ordinal());
            Values.writeString(out, column.type().sqlType());
            out.writeInt(column.type().length());
            out.writeInt(column.type().scale());
            out.writeByte((column.nullable() ? NULLABLE : 0) | (column.declaration() != null ? DECLARED : 0));
            if (column.declaration() != null) {
                write(column.declaration(), out);
            }
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
            int flags = in.readUnsignedByte();
            if ((flags & ~KNOWN) != 0) {
                throw new IOException("column " + name + " is declared in form " + flags
                        + ", which this release does not know: restore with the release that wrote it");
            }
            var declaration = (flags & DECLARED) != 0 ? readDeclaration(in) : null;
            columns.add(new Column(name, type, (flags & NULLABLE) != 0, declaration));
        }
        var keys = new int[(int) Values.readVarLong(in)];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = (int) Values.readVarLong(in);
        }
        return new TableSchema(columns, keys);
    }

    private static void write(Declaration declared, DataOutput out) throws IOException {
        int flags = declared.defaultSql() != null ? HAS_DEFAULT : 0;
        flags |= declared.comment() != null ? HAS_COMMENT : 0;
        flags |= declared.charset() != null ? HAS_CHARSET : 0;
        flags |= declared.collation() != null ? HAS_COLLATION : 0;
        flags |= declared.generated() ? GENERATED : 0;
        flags |= declared.members().isEmpty() ? 0 : HAS_MEMBERS;
        flags |= declared.formerNames().isEmpty() ? 0 : HAS_FORMER_NAMES;
        out.writeByte(flags);
        write(declared.defaultSql(), out);
        write(declared.comment(), out);
        write(declared.charset(), out);
        write(declared.collation(), out);
        write(declared.members(), out);
        write(declared.formerNames(), out);
    }

    private static void write(String text, DataOutput out) throws IOException {
        if (text != null) {
            Values.writeString(out, text);
        }
    }

    private static void write(List<String> texts, DataOutput out) throws IOException {
        if (!texts.isEmpty()) {
            Values.writeVarLong(out, texts.size());
            for (var text : texts) {
                Values.writeString(out, text);
            }
        }
    }

    private static Declaration readDeclaration(DataInput in) throws IOException {
        int flags = in.readUnsignedByte();
        return new Declaration(
                readString(in, flags & HAS_DEFAULT),
                readString(in, flags & HAS_COMMENT),
                readString(in, flags & HAS_CHARSET),
                readString(in, flags & HAS_COLLATION),
                (flags & GENERATED) != 0,
                readStrings(in, flags & HAS_MEMBERS),
                readStrings(in, flags & HAS_FORMER_NAMES));
    }

    private static String readString(DataInput in, int isThere) throws IOException {
        return isThere != 0 ? Values.readString(in) : null;
    }

    private static List<String> readStrings(DataInput in, int areThere) throws IOException {
        if (areThere == 0) {
            return List.of();
        }
        int count = (int) Values.readVarLong(in);
        var texts = new ArrayList<String>(count);
        for (int i = 0; i < count; i++) {
            texts.add(Values.readString(in));
        }
        return texts;
    }
}
