package io.gravity;

import io.gravity.config.Problems;
import io.gravity.config.Section;
import io.gravity.transform.TableMapping;
import io.gravity.types.TableNaming;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Reads {@code table-mapping} of the job and of single targets. */
final class TableMappingSettings {
    private static final String KEY = "table-mapping";
    private static final String MAPPINGS = "mappings, each with tables: or match:, and target:";
    private static final String REGEX =
            "a regular expression for the whole of database.table, e.g. shop_(\\d+)\\.orders";
    private static final String KEY_COLUMNS = "a list of names from extra-columns";
    private static final int MAX_GROUPS = 9;

    private final Section section;
    private final Set<String> placeholders;

    private TableMappingSettings(Section section, List<String> placeholders) {
        this.section = section;
        this.placeholders = new LinkedHashSet<>(placeholders);
    }

    static List<TableMapping> ofJob(Section root, Set<String> sourceNames, Problems problems) {
        var mappings = new ArrayList<TableMapping>();
        for (var section : root.sections(KEY, MAPPINGS)) {
            int before = problems.count();
            var settings = new TableMappingSettings(section, List.of("source", "database", "table"));
            var source = section.text(
                    "source", "the name of a source: " + String.join(", ", sourceNames), sourceNames::contains, null);
            var naming = settings.naming(problems);
            var extra = settings.extraColumns();
            var keys = section.texts("key-columns", KEY_COLUMNS, "one of extra-columns", extra::containsKey);
            section.refuseOthers();
            if (problems.count() == before) {
                mappings.add(new TableMapping(source, naming, extra, keys));
            }
        }
        return mappings;
    }

    /** A row's identity is settled before it reaches a target, so names there can't depend on the source any more. */
    static List<TableNaming> ofTarget(Section target, Problems problems) {
        var mappings = new ArrayList<TableNaming>();
        for (var section : target.sections(KEY, MAPPINGS)) {
            int before = problems.count();
            var naming = new TableMappingSettings(section, List.of("database", "table")).naming(problems);
            section.refuseOthers();
            if (problems.count() == before) {
                mappings.add(naming);
            }
        }
        return mappings;
    }

    /** Returns the naming; {@code null} after a problem. */
    private TableNaming naming(Problems problems) {
        int before = problems.count();
        var tables = Names.tables(section, "tables", null);
        var match = section.text("match", REGEX, TableMappingSettings::isRegex, null);
        if (match != null) {
            int groups = Math.min(MAX_GROUPS, Pattern.compile(match).matcher("").groupCount());
            for (int group = 1; group <= groups; group++) {
                placeholders.add(Integer.toString(group));
            }
        }
        if (match != null && section.has("tables")) {
            section.problem("match", "found beside tables, expected one of them");
        } else if (!section.has("match") && tables.isEmpty() && problems.count() == before) {
            section.problem(
                    "tables",
                    (section.has("tables") ? "found none" : "missing") + ", expected " + Names.TABLES
                            + ", or match: with a regular expression");
        }
        var target = section.text(
                "target",
                "database.table with " + placeholders() + " as placeholders, e.g. shop.${table}",
                text -> Names.isTargetTable(text, placeholders));
        return problems.count() == before ? new TableNaming(tables, match, target) : null;
    }

    private Map<String, String> extraColumns() {
        var columns = new LinkedHashMap<String, String>();
        section.properties("extra-columns").forEach((name, template) -> {
            if (name.isBlank() || !Names.isTemplate(template, placeholders)) {
                section.problem(
                        "extra-columns",
                        "found " + name + ": \"" + template + "\", expected names of columns, each with a text and "
                                + placeholders() + " as placeholders, e.g. {_source: \"${source}\"}");
            } else {
                columns.put(name, template);
            }
        });
        return columns;
    }

    private String placeholders() {
        return String.join(
                ", ", placeholders.stream().map(name -> "${" + name + "}").toList());
    }

    private static boolean isRegex(String text) {
        try {
            return !text.isBlank() && Pattern.compile(text).matcher("").groupCount() >= 0;
        } catch (PatternSyntaxException e) {
            return false;
        }
    }
}
