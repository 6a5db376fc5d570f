package io.gravity.dispatch.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gravity.dispatch.TargetConfig;
import io.gravity.dispatch.TargetWriter;
import io.gravity.dispatch.TargetWriters;
import io.gravity.event.ChangeEvent;
import io.gravity.event.ColumnType.Kind;
import io.gravity.types.RowJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;

/**
 * Writes each batch of dead letters as a file of its own. A batch that is written again after a failure is another file:
 * a letter's {@code id} tells.
 */
public final class FileWriter implements TargetWriter {
    private final String name;
    private final LetterFiles files;

    FileWriter(TargetConfig.File config) {
        this.name = config.name();
        this.files = new LetterFiles(config.path());
    }

    /** Returns what opens a writer of this target. */
    public static TargetWriters of(TargetConfig.File config) {
        return () -> new FileWriter(config);
    }

    @Override
    public void write(List<ChangeEvent> batch) {
        if (batch.isEmpty()) {
            return;
        }
        var lines = new ByteArrayOutputStream();
        for (var letter : batch) {
            lines.writeBytes(line(letter).getBytes(UTF_8));
            lines.write('\n');
        }
        try {
            files.write(batch.get(0).target(), batch.get(0).captureTimeMicros() / 1000, lines.toByteArray());
        } catch (IOException e) {
            throw FileErrors.triaged(e, name, "write a file in " + files.folder(), batch);
        }
    }

    /** What is JSON in itself stands there as such, and not as a text of it. */
    private static String line(ChangeEvent letter) {
        var schema = letter.schema();
        var row = letter.image();
        return RowJson.text(json -> {
            json.writeStartObject();
            for (int i = 0; i < schema.columnCount(); i++) {
                var column = schema.column(i);
                json.writeFieldName(column.name());
                if (row.value(i) == null) {
                    json.writeNull();
                } else if (column.type().kind() == Kind.JSON) {
                    json.writeRawValue((String) row.value(i));
                } else {
                    RowJson.value(json, column.type().kind(), row.value(i));
                }
            }
            json.writeEndObject();
        });
    }

    @Override
    public void check() {
        try {
            files.check();
        } catch (IOException e) {
            throw FileErrors.triaged(e, name, "write in " + files.folder(), List.of());
        }
    }

    @Override
    public void close() {
        files.close();
    }
}
