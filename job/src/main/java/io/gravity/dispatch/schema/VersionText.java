package io.gravity.dispatch.schema;

import io.gravity.dispatch.schema.History.Feeder;
import io.gravity.dispatch.schema.History.Version;
import io.gravity.event.SourcePosition;
import io.gravity.event.TableId;
import io.gravity.types.SchemaCodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;

/** How a {@link Version} is kept in a target's table. */
public final class VersionText {
    private VersionText() {}

    public static Version read(String source, String table, String position, String columns) {
        var numbers = position.split(":", -1);
        var at = new SourcePosition(
                Long.parseLong(numbers[0]),
                Long.parseLong(numbers[1]),
                Long.parseLong(numbers[2]),
                Long.parseLong(numbers[3]));
        try (var in =
                new DataInputStream(new ByteArrayInputStream(Base64.getDecoder().decode(columns)))) {
            return new Version(new Feeder(source, TableId.parse(table)), at, SchemaCodec.read(in));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the target's table gravity_schema holds columns of " + source + " " + table
                            + " in a form that this release does not know",
                    e);
        }
    }

    public static String position(Version version) {
        return version.position().toString();
    }

    public static String columns(Version version) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            SchemaCodec.write(version.schema(), out);
        } catch (IOException e) {
            throw new UncheckedIOException("columns of " + version.feeder() + " can't be written", e);
        }
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }
}
