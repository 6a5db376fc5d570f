package io.gravity.config;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Resolves <code>${env:NAME}</code>, <code>${env:NAME:default}</code> and <code>${file:PATH}</code> within values.
 *
 * <p>A variable that is set but empty counts as set. Of a file's text one trailing line break is dropped. What comes out
 * is not resolved again. <code>$${env:NAME}</code> stands for the text <code>${env:NAME}</code>; other
 * <code>${...}</code> are left alone, as templates use them.
 */
final class Placeholders {
    private static final Pattern PLACEHOLDER = Pattern.compile("(\\$?)\\$\\{(env|file):([^}]*)(}?)");
    private static final long LARGEST_FILE = 64 * 1024;

    private final Path directory;
    private final Function<String, String> environment;

    /** Creates a resolver that reads files relative to the directory; absent variables are {@code null}. */
    Placeholders(Path directory, Function<String, String> environment) {
        this.directory = requireNonNull(directory, "directory");
        this.environment = requireNonNull(environment, "environment");
    }

    /** Returns the text with its placeholders replaced; throws {@link IllegalArgumentException} saying what is missing. */
    String resolve(String text) {
        var resolved = new StringBuilder();
        var matcher = PLACEHOLDER.matcher(text);
        int from = 0;
        while (matcher.find()) {
            resolved.append(text, from, matcher.start());
            from = matcher.end();
            if (!matcher.group(1).isEmpty()) {
                resolved.append(matcher.group().substring(1));
                continue;
            }
            if (matcher.group(4).isEmpty()) {
                throw new IllegalArgumentException("${" + matcher.group(2) + ": is not closed by }");
            }
            var argument = matcher.group(3);
            resolved.append(matcher.group(2).equals("env") ? variable(argument) : file(argument));
        }
        return resolved.append(text, from, text.length()).toString();
    }

    /** Returns the text so that {@link #resolve} gives it back unchanged. */
    static String escape(String text) {
        return text.replace("${env:", "$${env:").replace("${file:", "$${file:");
    }

    private String variable(String argument) {
        int colon = argument.indexOf(':');
        var name = colon < 0 ? argument : argument.substring(0, colon);
        if (name.isBlank()) {
            throw new IllegalArgumentException("found ${env:} without a name, expected one, e.g. ${env:DB_PASSWORD}");
        }
        var value = environment.apply(name);
        if (value != null) {
            return value;
        }
        if (colon < 0) {
            throw new IllegalArgumentException("the environment variable " + name
                    + " is not set. Set it, or give a default: ${env:" + name + ":default}");
        }
        return argument.substring(colon + 1);
    }

    private String file(String argument) {
        try {
            var path = directory.resolve(argument);
            if (argument.isBlank() || !Files.isRegularFile(path)) {
                throw new IllegalArgumentException(
                        "${file:" + argument + "}: there is no such file. Relative paths start at this file's folder");
            }
            if (Files.size(path) > LARGEST_FILE) {
                throw new IllegalArgumentException(
                        "${file:" + argument + "}: the file is larger than 64 KiB, expected a single value");
            }
            var text = Files.readString(path);
            if (text.endsWith("\n")) {
                text = text.substring(0, text.length() - (text.endsWith("\r\n") ? 2 : 1));
            }
            return text;
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("${file:" + argument + "}: the file is not UTF-8 text", e);
        } catch (IOException | InvalidPathException e) {
            throw new IllegalArgumentException("${file:" + argument + "}: the file can't be read", e);
        }
    }
}
