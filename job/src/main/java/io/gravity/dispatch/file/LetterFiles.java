package io.gravity.dispatch.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gravity.event.TableId;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.FileSystem.WriteMode;
import org.apache.flink.core.fs.Path;
import org.apache.flink.util.IOUtils;

/**
 * The files in a folder of letters, each called as their table with the time of the first and something random, e.g.
 * {@code gravity.dead_letters-20260131-235959-UUID.jsonl}. Until it is whole, a file has a dot in front.
 */
final class LetterFiles implements AutoCloseable {
    private static final String ENDING = ".jsonl";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss").withZone(ZoneOffset.UTC);

    private final URI folder;
    private final Set<FSDataOutputStream> open = ConcurrentHashMap.newKeySet();

    LetterFiles(URI folder) {
        this.folder = folder;
    }

    URI folder() {
        return folder;
    }

    /** Writes a new file; when this returns, it is there as a whole. */
    void write(TableId table, long timeMillis, byte[] content) throws IOException {
        write(table + "-" + TIME.format(Instant.ofEpochMilli(timeMillis)), content);
    }

    private void write(String beginning, byte[] content) throws IOException {
        write(new Path(new Path(folder), beginning + "-" + UUID.randomUUID() + ENDING), content);
    }

    /** Returns the whole files there are of a table. */
    List<Path> list(TableId table) throws IOException {
        var files = FileSystem.get(folder);
        if (!files.exists(new Path(folder))) {
            return List.of();
        }
        var found = new ArrayList<Path>();
        for (var status : files.listStatus(new Path(folder))) {
            var name = status.getPath().getName();
            if (!status.isDir() && name.startsWith(table + "-") && name.endsWith(ENDING)) {
                found.add(status.getPath());
            }
        }
        found.sort(Comparator.comparing(Path::getName));
        return found;
    }

    /** Returns the lines of a file; one that was deleted meanwhile has none. */
    List<String> read(Path file) throws IOException {
        try (var in = FileSystem.get(folder).open(file)) {
            return new String(in.readAllBytes(), UTF_8).lines().toList();
        } catch (FileNotFoundException e) {
            return List.of();
        }
    }

    /** Leaves these lines of a file, in a new one: whatever fails on the way, none of them is missing. */
    void keep(Path file, List<String> lines) throws IOException {
        if (!lines.isEmpty()) {
            var beginning = file.getName().replaceFirst("-[0-9a-f-]{36}\\" + ENDING + "$", "");
            write(beginning, (String.join("\n", lines) + "\n").getBytes(UTF_8));
        }
        FileSystem.get(folder).delete(file, false);
    }

    private void write(Path file, byte[] content) throws IOException {
        var files = FileSystem.get(folder);
        var part = new Path(file.getParent(), "." + file.getName());
        files.mkdirs(file.getParent());
        try {
            writeAll(files, part, content);
            if (!files.rename(part, file)) {
                throw new IOException("can't rename " + part + " to " + file.getName());
            }
        } catch (IOException e) {
            delete(files, part, e);
            throw e;
        }
    }

    private void writeAll(FileSystem files, Path file, byte[] content) throws IOException {
        try (var out = files.create(file, WriteMode.NO_OVERWRITE)) {
            open.add(out);
            try {
                out.write(content);
                // Elsewhere what is closed is kept; a disk of one's own may forget it when the machine dies.
                if (!files.isDistributedFS()) {
                    out.sync();
                }
            } finally {
                open.remove(out);
            }
        }
    }

    /** What was written of a file that failed would take room, on a disk that may be full. */
    private static void delete(FileSystem files, Path file, IOException reason) {
        try {
            files.delete(file, false);
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }

    /** Writes and deletes an empty file. */
    void check() throws IOException {
        var files = FileSystem.get(folder);
        var probe = new Path(new Path(folder), ".check-" + UUID.randomUUID());
        files.mkdirs(probe.getParent());
        writeAll(files, probe, new byte[0]);
        files.delete(probe, false);
    }

    /** Fails what is being written. */
    @Override
    public void close() {
        open.forEach(IOUtils::closeQuietly);
    }
}
