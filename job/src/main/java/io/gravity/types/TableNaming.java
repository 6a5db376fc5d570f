package io.gravity.types;

import static java.util.Objects.requireNonNull;

import io.gravity.event.TableId;
import io.gravity.event.TablePattern;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Gives some tables another name. Templates hold {@code ${source}}, {@code ${database}}, {@code ${table}}, and
 * {@code ${1}} to {@code ${9}} for the groups of {@code match}.
 *
 * @param tables what it speaks for; empty if {@code match} tells
 * @param match a regular expression for the whole of {@code database.table}; {@code null} if {@code tables} tell
 * @param target template of the new name, {@code database.table}
 */
public record TableNaming(List<TablePattern> tables, String match, String target) implements Serializable {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{(source|database|table|[1-9])}");

    public TableNaming {
        tables = List.copyOf(tables);
        requireNonNull(target, "target");
    }

    /** Returns what fills in templates for a table; nothing if it does not speak for the table. */
    public Optional<UnaryOperator<String>> templates(String source, TableId table) {
        if (match == null) {
            return tables.stream().anyMatch(pattern -> pattern.matches(table))
                    ? Optional.of(template -> filled(template, source, table, null))
                    : Optional.empty();
        }
        var groups = Pattern.compile(match).matcher(table.toString());
        return groups.matches() ? Optional.of(template -> filled(template, source, table, groups)) : Optional.empty();
    }

    private static String filled(String template, String source, TableId table, MatchResult groups) {
        return PLACEHOLDER.matcher(template).replaceAll(placeholder -> {
            var text =
                    switch (placeholder.group(1)) {
                        case "source" -> source;
                        case "database" -> table.database();
                        case "table" -> table.name();
                        default -> groups.group(Integer.parseInt(placeholder.group(1)));
                    };
            return Matcher.quoteReplacement(text == null ? "" : text);
        });
    }
}
