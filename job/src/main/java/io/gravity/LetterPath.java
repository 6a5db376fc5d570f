package io.gravity;

import io.gravity.config.Nearest;
import io.gravity.config.Section;
import io.gravity.config.Value;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads where a target of files keeps them. */
final class LetterPath {
    private static final String EXPECTED = "an absolute path or URI of a folder, e.g. file:///var/lib/gravity/letters";
    private static final String LOCAL = "file";
    /** Those of the file systems that come with Flink, within it or as its plugins. */
    private static final List<String> SCHEMES =
            List.of(LOCAL, "hdfs", "viewfs", "s3", "s3a", "s3p", "gs", "oss", "abfs", "abfss", "wasb", "wasbs");

    private LetterPath() {}

    /** Returns the folder; {@code null} if there is a problem. */
    static URI read(Section section, String key) {
        var value = section.required(key, EXPECTED);
        return value.flatMap(found -> found.text(EXPECTED).map(text -> read(found, text)))
                .orElse(null);
    }

    private static URI read(Value value, String text) {
        URI uri;
        try {
            uri = text.startsWith("/") ? new URI(LOCAL, "", text, null) : new URI(text);
        } catch (URISyntaxException e) {
            value.expected(EXPECTED);
            return null;
        }
        var scheme = uri.getScheme();
        if (scheme == null
                || uri.getPath() == null
                || !uri.getPath().startsWith("/")
                || uri.getPath().length() == 1) {
            value.expected(EXPECTED);
            return null;
        }
        if (!SCHEMES.contains(scheme)) {
            value.problem("found the scheme \"" + scheme + "\", expected one that Flink has a file system for: "
                    + String.join(", ", SCHEMES) + "." + Nearest.hint(scheme, SCHEMES));
            return null;
        }
        if (scheme.equals(LOCAL) && !isLocal(uri)) {
            value.problem("found the host " + uri.getHost() + ", expected three slashes: file://" + "/" + uri.getHost()
                    + uri.getPath());
            return null;
        }
        if (scheme.equals(LOCAL)
                && Files.exists(Path.of(uri.getPath()))
                && !Files.isDirectory(Path.of(uri.getPath()))) {
            value.problem("found " + uri.getPath() + ", which is a file, expected a folder: each batch of letters"
                    + " becomes a file in it");
            return null;
        }
        return uri;
    }

    private static boolean isLocal(URI uri) {
        return uri.getAuthority() == null || uri.getAuthority().isEmpty();
    }

    /** Returns whether this machine has the folder, or where it would be, and this user may not write there. */
    static boolean isReadOnlyHere(URI uri) {
        if (!uri.getScheme().equals(LOCAL)) {
            return false;
        }
        var nearest = Path.of(uri.getPath());
        while (!Files.exists(nearest) && nearest.getParent() != null) {
            nearest = nearest.getParent();
        }
        return !Files.isWritable(nearest);
    }
}
