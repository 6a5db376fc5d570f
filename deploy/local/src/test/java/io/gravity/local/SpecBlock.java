package io.gravity.local;

import io.gravity.local.demo.Home;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;

/** A block of YAML of the specification, as it stands there: the same that the loader's tests read. */
public final class SpecBlock {
    private SpecBlock() {}

    /** Returns the block of a document's section, e.g. {@code 18-4.1}. */
    public static String of(String section) {
        try {
            return Files.readString(Home.find().resolve("job/src/test/resources/spec/" + section + ".yaml"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
