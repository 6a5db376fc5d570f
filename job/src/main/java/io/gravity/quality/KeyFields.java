package io.gravity.quality;

import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import io.gravity.event.Values;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * Gives what duplicates have in common: a hash of the row, the kind of change and the key fields after it. 128 bits of a
 * cryptographic one, since a row that is dropped for a chance likeness would be lost. Not thread-safe.
 */
final class KeyFields {
    /** More schemas than this in one task is no case for a cache: begin again. */
    private static final int MAX_SCHEMAS = 10_000;

    private static final int INSERT = 0;
    private static final int UPDATE = 1;
    private static final int DELETE = 2;
    private static final int[] NONE = {};

    private final DuplicateConfig config;
    private final IdentityHashMap<TableSchema, int[]> columns = new IdentityHashMap<>();
    private final DataOutputSerializer buffer = new DataOutputSerializer(256);
    private final MessageDigest digest;

    KeyFields(DuplicateConfig config) {
        this.config = config;
        try {
            this.digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * Returns what a change that is no delete has in common with its duplicates.
     *
     * @throws GravityException if the key fields do not fit the table
     */
    Likeness likeness(ChangeEvent event) {
        // A row of the first copy and its insert are one change, seen by two readers.
        return hash(event, event.before() != null ? UPDATE : INSERT, columns(event));
    }

    /** Returns what all deletes of the change's row have in common. */
    Likeness likenessOfDelete(ChangeEvent event) {
        return hash(event, DELETE, NONE);
    }

    private Likeness hash(ChangeEvent event, int kind, int[] fields) {
        buffer.clear();
        try {
            buffer.writeByte(kind);
            // The key names the table: rows of two tables may be alike.
            buffer.write(event.key().bytes());
            for (int column : fields) {
                Values.write(buffer, event.after().value(column));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        digest.update(buffer.getSharedBuffer(), 0, buffer.length());
        var hash = ByteBuffer.wrap(digest.digest());
        return new Likeness(hash.getLong(), hash.getLong());
    }

    private int[] columns(ChangeEvent event) {
        var known = columns.get(event.schema());
        if (known == null) {
            if (columns.size() >= MAX_SCHEMAS) {
                columns.clear();
            }
            known = find(event.target(), event.schema());
            columns.put(event.schema(), known);
        }
        return known;
    }

    private int[] find(TableId table, TableSchema schema) {
        var absent = config.keyFields().stream()
                .filter(field -> schema.indexOf(field) < 0)
                .toList();
        if (!absent.isEmpty()) {
            throw refused(table, "the table has no columns " + absent + ". Name columns that it has");
        }
        var uncovered = new ArrayList<String>();
        for (int i = 0; i < schema.keyColumnCount(); i++) {
            var name = schema.column(schema.keyColumn(i)).name();
            if (!config.keyFields().contains(name)) {
                uncovered.add(name);
            }
        }
        if (!uncovered.isEmpty()) {
            throw refused(table, "columns " + uncovered + " of its primary key are missing. Add them");
        }
        return config.keyFields().stream().mapToInt(schema::indexOf).toArray();
    }

    private GravityException refused(TableId table, String what) {
        List<String> fields = config.keyFields();
        return new GravityException(
                ErrorCode.CONFIG_INVALID,
                "duplicate-detection can't watch " + table + ": its key-fields are " + fields + ", and " + what
                        + ", or name in duplicate-detection.tables only tables that they fit.");
    }
}
