package io.gravity.local.server;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.StringArray;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * The ClickHouse engine as a library: one data path per process, any number of connections, each
 * with its own settings and used by one thread at a time.
 */
final class Chdb {
    /** The signals the library takes from the JVM when it connects: ABRT BUS FPE ILL SEGV SYS TRAP TSTP. */
    private static final int[] JVM_SIGNALS = {6, 7, 8, 4, 11, 31, 5, 20};

    /** At least the size of {@code struct sigaction} of any Linux. */
    private static final int SIGACTION_BYTES = 512;

    /** What is used of the library's C interface; the names are its own. */
    interface Api extends Library {
        void chdb_set_signal_handlers_enabled(int enabled);

        Pointer chdb_connect(int argc, StringArray argv);

        void chdb_close_conn(Pointer handle);

        Pointer chdb_query_n(Pointer connection, byte[] query, long queryLength, byte[] format, long formatLength);

        Pointer chdb_stream_insert_n(
                Pointer connection, byte[] query, long queryLength, byte[] format, long formatLength);

        int chdb_stream_append(Pointer stream, Pointer data, long length);

        Pointer chdb_stream_done(Pointer stream);

        void chdb_stream_cancel_insert(Pointer stream);

        String chdb_stream_insert_error(Pointer stream);

        void chdb_destroy_insert_stream(Pointer stream);

        Pointer chdb_result_buffer(Pointer result);

        long chdb_result_length(Pointer result);

        String chdb_result_error(Pointer result);

        long chdb_result_rows_read(Pointer result);

        long chdb_result_bytes_read(Pointer result);

        long chdb_result_rows_written(Pointer result);

        long chdb_result_bytes_written(Pointer result);

        void chdb_destroy_query_result(Pointer result);
    }

    /** The C library's own call. */
    interface Signals extends Library {
        int sigaction(int signal, Pointer action, Pointer previous);
    }

    /** The engine's answer to one statement. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier of bytes, never compared
    record Answer(byte[] body, long rowsRead, long bytesRead, long rowsWritten, long bytesWritten) {}

    /** The engine refused a statement; the message is ClickHouse's own, "Code: 60. DB::Exception: ...". */
    static final class QueryException extends Exception {
        private static final long serialVersionUID = 1L;

        QueryException(String message) {
            super(message);
        }
    }

    private final Api api;
    private final Signals signals = Native.load("c", Signals.class);
    private final Path data;

    Chdb(Path library, Path data) {
        this.api = Native.load(library.toString(), Api.class, Map.of(Library.OPTION_STRING_ENCODING, "UTF-8"));
        this.data = data;
    }

    /**
     * Opens a connection.
     *
     * @param settings as on ClickHouse's command line, {@code --name=value}
     */
    synchronized Connection connect(Collection<String> settings) throws QueryException {
        var arguments = new ArrayList<>(List.of("clickhouse", "--path=" + data));
        arguments.addAll(settings);
        var argv = new StringArray(arguments.toArray(String[]::new), "UTF-8");

        // Without its handlers the library still resets those that the JVM needs for its null checks.
        var saved = new ArrayList<Memory>();
        for (int signal : JVM_SIGNALS) {
            var action = new Memory(SIGACTION_BYTES);
            signals.sigaction(signal, Pointer.NULL, action);
            saved.add(action);
        }
        Pointer handle;
        try {
            api.chdb_set_signal_handlers_enabled(0);
            handle = api.chdb_connect(arguments.size(), argv);
        } finally {
            for (int i = 0; i < JVM_SIGNALS.length; i++) {
                signals.sigaction(JVM_SIGNALS[i], saved.get(i), Pointer.NULL);
            }
        }
        if (handle == null || handle.getPointer(0) == null) {
            throw new QueryException("Code: 115. DB::Exception: The engine refused the settings " + settings
                    + " (see the server's log). (UNKNOWN_SETTING)");
        }
        return new Connection(handle);
    }

    /** One connection; closed by its user. */
    final class Connection implements AutoCloseable {
        private final Pointer handle;
        private final Pointer connection;

        private Connection(Pointer handle) {
            this.handle = handle;
            this.connection = handle.getPointer(0);
        }

        /** Runs one statement. The format counts if the statement names none. */
        Answer query(byte[] sql, String format) throws QueryException {
            byte[] name = format.getBytes(StandardCharsets.US_ASCII);
            return take(api.chdb_query_n(connection, sql, sql.length, name, name.length));
        }

        /** Inserts rows in any format, binary ones too. The statement ends before its FORMAT clause. */
        Answer insert(byte[] sql, String format, byte[] rows) throws QueryException {
            byte[] name = format.getBytes(StandardCharsets.US_ASCII);
            Pointer stream = api.chdb_stream_insert_n(connection, sql, sql.length, name, name.length);
            try {
                check(stream);
                if (rows.length > 0) {
                    try (var memory = new Memory(rows.length)) {
                        memory.write(0, rows, 0, rows.length);
                        if (api.chdb_stream_append(stream, memory, rows.length) != 0) {
                            check(stream);
                        }
                    }
                }
                return take(api.chdb_stream_done(stream));
            } finally {
                api.chdb_destroy_insert_stream(stream);
            }
        }

        @Override
        public void close() {
            api.chdb_close_conn(handle);
        }

        private void check(Pointer stream) throws QueryException {
            String error = api.chdb_stream_insert_error(stream);
            if (error != null && !error.isEmpty()) {
                throw new QueryException(error);
            }
        }

        private Answer take(Pointer result) throws QueryException {
            if (result == null) {
                throw new QueryException("Code: 1001. DB::Exception: The engine gave no result. (STD_EXCEPTION)");
            }
            try {
                String error = api.chdb_result_error(result);
                if (error != null && !error.isEmpty()) {
                    throw new QueryException(error);
                }
                int length = Math.toIntExact(api.chdb_result_length(result));
                byte[] body = length == 0
                        ? new byte[0]
                        : api.chdb_result_buffer(result).getByteArray(0, length);
                return new Answer(
                        body,
                        api.chdb_result_rows_read(result),
                        api.chdb_result_bytes_read(result),
                        api.chdb_result_rows_written(result),
                        api.chdb_result_bytes_written(result));
            } finally {
                api.chdb_destroy_query_result(result);
            }
        }
    }
}
