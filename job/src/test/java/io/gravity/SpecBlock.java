package io.gravity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A block of YAML of the specification, as it stands there. */
final class SpecBlock {
    private SpecBlock() {}

    /** Returns the block of a document's section, e.g. {@code 18-4.1}. */
    static String of(String section) {
        try {
            return Files.readString(Path.of("src", "test", "resources", "spec", section + ".yaml"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
