package io.gravity.config;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.reader.ReaderException;

/** Opens a YAML file at its root key. What SnakeYAML says is reworded, as it quotes lines that may hold a secret. */
public final class ConfigFile {
    private static final int LARGEST = 1024 * 1024;

    private ConfigFile() {}

    /**
     * Returns what stands under the root key, which paths of problems leave out.
     *
     * @param environment returns a variable's value, or {@code null} if it is not set
     * @throws ConfigException if there is no section to go on with
     */
    public static Section read(Path file, String rootKey, Function<String, String> environment, Problems problems) {
        var text = text(file, problems);
        var document = compose(text, problems);
        if (document == null) {
            throw problems.fatal(0, "the file is empty, expected the key " + rootKey + ":");
        }
        if (!(document instanceof MappingNode mapping)) {
            throw problems.fatal(
                    lineOf(document),
                    "found " + Value.describe(document) + ", expected the key " + rootKey
                            + ": with everything inside it");
        }
        var scope = new Scope(problems, new Placeholders(file.toAbsolutePath().getParent(), environment));
        var entries = Entry.of(scope, "", mapping, UnaryOperator.identity());
        var root = entries.remove(rootKey);
        for (var other : entries.values()) {
            problems.add(
                    other.line(),
                    other.key(),
                    root == null && Nearest.to(other.key(), List.of(rootKey)).isPresent()
                            ? "unknown key. Did you mean " + rootKey + "?"
                            : "found outside " + rootKey + ":, expected inside it");
        }
        if (root == null) {
            throw problems.fatal(0, "the key " + rootKey + ": is missing, expected everything inside it");
        }
        var section = new Value(scope, "", root.line(), root.node()).section("the keys sources, targets and so on");
        if (section == null) {
            problems.throwIfAny();
        }
        return section;
    }

    static int lineOf(Node node) {
        return node.getStartMark().getLine() + 1;
    }

    private static String text(Path file, Problems problems) {
        try {
            if (Files.size(file) > LARGEST) {
                throw problems.fatal(0, "the file is larger than 1 MiB, expected a configuration of one job");
            }
            var text = Files.readString(file);
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (NoSuchFileException e) {
            throw problems.fatal(0, "there is no such file");
        } catch (CharacterCodingException e) {
            throw problems.fatal(0, "the file is not UTF-8 text");
        } catch (IOException e) {
            throw problems.fatal(
                    0, "the file can't be read: " + (Files.isDirectory(file) ? "it is a folder" : e.getMessage()));
        }
    }

    private static Node compose(String text, Problems problems) {
        var options = new LoaderOptions();
        options.setCodePointLimit(LARGEST);
        options.setMaxAliasesForCollections(200);
        try {
            return new Yaml(options).compose(new StringReader(text));
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 0 : e.getProblemMark().getLine() + 1;
            throw problems.fatal(line, "not YAML: " + reason(e));
        } catch (ReaderException e) {
            int position = Math.min(e.getPosition(), text.length());
            int line = 1
                    + (int) text.substring(0, position)
                            .chars()
                            .filter(c -> c == '\n')
                            .count();
            throw problems.fatal(
                    line, "not YAML: found the control character 0x%02X. Remove it".formatted(e.getCodePoint()));
        } catch (YAMLException e) {
            throw problems.fatal(0, "not YAML that can be read: too deeply nested, or too many aliases");
        }
    }

    private static String reason(MarkedYAMLException e) {
        var reason = String.valueOf(e.getProblem());
        if (reason.contains("\\t(TAB)")) {
            return "found a tab, expected spaces";
        }
        if (reason.contains("alias") || reason.contains("anchor")) {
            return "found *name without &name before it. Put quotes around a value that starts with * or &";
        }
        if (reason.contains("tag")) {
            return "found a tag that YAML doesn't know. Put quotes around a value that starts with !";
        }
        if (reason.contains("mapping values are not allowed")) {
            return "found a second \": \" in a line, or a key indented unlike its neighbours."
                    + " Put quotes around a value that holds \": \"";
        }
        if (reason.contains("another document")) {
            return "found a second document after ---, expected one";
        }
        return reason;
    }
}
