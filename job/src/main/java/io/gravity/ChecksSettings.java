package io.gravity;

import io.gravity.config.Problems;
import io.gravity.config.Section;
import io.gravity.config.Value;
import io.gravity.event.TablePattern;
import io.gravity.extension.Extensions;
import io.gravity.quality.BusinessCheck;
import io.gravity.quality.BusinessRule;
import io.gravity.quality.ChecksConfig;
import io.gravity.quality.CompletenessCheck;
import io.gravity.quality.CustomCheck;
import io.gravity.quality.FieldFormat;
import io.gravity.quality.FormatCheck;
import io.gravity.quality.Reference;
import io.gravity.quality.ReferenceCheck;
import io.gravity.quality.SchemaCheck;
import io.gravity.quality.Severity;
import io.gravity.quality.TableCheck;
import io.gravity.udf.QualityRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/** Reads the checks of {@code data-quality.realtime-checks}, each a section, or several of them in a list. */
final class ChecksSettings {
    private static final String REQUIRED = "a list of columns, e.g. [\"id\", \"created_at\"]";
    private static final String FORMATS = "columns with their patterns, e.g. email: \"^[^@]+@[^@]+$\"";
    private static final String RULES = "rules, each with field: and condition:, or expression:";
    private static final String CUSTOM = "a list of names that quality rules in jars of yours give themselves";
    private static final String FIELD = "a column's name";
    private static final String REFERENCES = "rules, each with field: and references:";
    private static final String REFERENCE_KEY =
            "the column that holds the other table's primary key, e.g. user_id; a list for a key of several columns";

    private final Section section;
    private final boolean hasQuarantine;
    private final Predicate<String> syncs;
    private final Problems problems;

    /**
     * Creates the reader.
     *
     * @param syncs whether a table may be one that is synchronized
     */
    ChecksSettings(Section section, boolean hasQuarantine, Predicate<String> syncs, Problems problems) {
        this.syncs = syncs;
        this.section = section;
        this.hasQuarantine = hasQuarantine;
        this.problems = problems;
    }

    /** How a missing value is answered, in the words of the specification. */
    enum NullHandling {
        REJECT(Severity.QUARANTINE),
        FILL(Severity.REPAIR),
        ALERT(Severity.WARN);

        private final Severity severity;

        NullHandling(Severity severity) {
            this.severity = severity;
        }
    }

    ChecksConfig read() {
        var checks = new ArrayList<TableCheck>();
        each("completeness-check", this::completeness, checks);
        each("format-validation", this::formats, checks);
        each("business-rules", this::business, checks);
        each("foreign-keys", this::references, checks);
        each("schema-check", (at, enabled) -> schema(at), checks);
        each("custom-rules", this::custom, checks);
        return new ChecksConfig(checks);
    }

    private void each(String key, BiFunction<Section, Boolean, TableCheck> read, List<TableCheck> checks) {
        var expected = "the section of a check, or a list of such";
        section.value(key)
                .map(value -> sections(value, expected))
                .orElse(List.of())
                .forEach(at -> {
                    int before = problems.count();
                    boolean enabled = at.flag("enabled", true);
                    var check = read.apply(at, enabled);
                    at.refuseOthers();
                    if (enabled && check.keepsBack() && !hasQuarantine) {
                        at.problem("rows that it finds wrong are kept back, and there is no quarantine: for them. Add"
                                + " quarantine: {target: NAME}, or choose severity: warn or repair");
                    }
                    if (enabled && problems.count() == before) {
                        checks.add(check);
                    }
                });
    }

    private static List<Section> sections(Value value, String expected) {
        var items = value.isList() ? value.items(expected) : List.of(value);
        return items.stream()
                .map(item -> item.section(expected))
                .filter(Objects::nonNull)
                .toList();
    }

    private CompletenessCheck completeness(Section at, boolean enabled) {
        int before = problems.count();
        var tables = tables(at);
        var fields = at.texts("required-fields", REQUIRED, FIELD, Names::isText);
        needed(at, "required-fields", enabled, fields.isEmpty() && problems.count() == before, REQUIRED);
        var handling = at.choice("null-handling", NullHandling.class, NullHandling.REJECT, Set.of());
        if (at.has("null-handling") && at.has("severity")) {
            at.problem("severity", "found beside null-handling, expected one of them");
        }
        return new CompletenessCheck(tables, fields, severity(at, handling.severity));
    }

    private FormatCheck formats(Section at, boolean enabled) {
        int before = problems.count();
        var tables = tables(at);
        var severity = severity(at, Severity.QUARANTINE);
        var formats = new LinkedHashMap<String, FieldFormat>();
        var rules = at.value("rules").map(value -> value.members(FORMATS)).orElse(Map.of());
        rules.forEach((field, value) -> value.text("a regular expression or a date pattern")
                .ifPresent(pattern -> {
                    try {
                        formats.put(field, new FieldFormat(pattern));
                    } catch (IllegalArgumentException e) {
                        value.problem(e.getMessage());
                    }
                }));
        needed(at, "rules", enabled, rules.isEmpty() && problems.count() == before, FORMATS);
        return new FormatCheck(tables, formats, severity);
    }

    private BusinessCheck business(Section at, boolean enabled) {
        int before = problems.count();
        var tables = tables(at);
        var severity = severity(at, Severity.QUARANTINE);
        var sections = at.sections("rules", RULES);
        needed(at, "rules", enabled, sections.isEmpty() && problems.count() == before, "a list of " + RULES);
        var rules = new ArrayList<BusinessRule>();
        sections.forEach(rule -> rule(rule, severity, rules));
        return new BusinessCheck(tables, rules);
    }

    private void rule(Section at, Severity severity, List<BusinessRule> rules) {
        int before = problems.count();
        var field = at.text("field", FIELD, ChecksSettings::isColumn, null);
        var condition = at.text("condition", "a condition on the field, e.g. \">= 0\"", text -> true, null);
        var expression = at.text(
                "expression",
                "an SQL expression on the columns of a row, e.g. paid_at >= created_at",
                text -> true,
                null);
        var message = at.text("message", "what to tell of a row that breaks the rule", Names::isText, null);
        var own = severity(at, severity);
        at.refuseOthers();
        if (problems.count() > before) {
            return;
        }
        if ((expression == null) == (field == null && condition == null)) {
            at.problem(
                    expression == null
                            ? "missing, expected field: and condition:, or expression:"
                            : "found expression: beside field: or condition:, expected one of the two forms");
        } else if (expression == null && (field == null || condition == null)) {
            at.problem(
                    field == null ? "field" : "condition",
                    "missing, expected field: and condition: together, e.g. field: amount and condition: \">= 0\"");
        } else {
            add(at, field, expression == null ? condition : expression, message, own, rules);
        }
    }

    private static void add(
            Section at, String field, String condition, String message, Severity severity, List<BusinessRule> rules) {
        try {
            rules.add(new BusinessRule(field, condition, message, severity));
        } catch (IllegalArgumentException e) {
            at.problem(field == null ? "expression" : "condition", e.getMessage());
        }
    }

    private ReferenceCheck references(Section at, boolean enabled) {
        int before = problems.count();
        var tables = tables(at);
        var severity = severity(at, Severity.QUARANTINE);
        var sections = at.sections("rules", REFERENCES);
        needed(at, "rules", enabled, sections.isEmpty() && problems.count() == before, "a list of " + REFERENCES);
        var references = new ArrayList<Reference>();
        sections.forEach(rule -> reference(rule, tables, references));
        return new ReferenceCheck(tables, references, severity);
    }

    private void reference(Section at, List<TablePattern> tables, List<Reference> references) {
        int before = problems.count();
        var fields = Names.columns(at, "field", REFERENCE_KEY);
        var table = at.text("references", Names.ONE_TABLE, Names::isOneTable);
        var wait = at.duration("wait", Duration.ZERO, RepairSettings.LONGEST_WAIT, RepairSettings.WAIT);
        at.refuseOthers();
        if (table != null && tables.stream().anyMatch(own -> isSame(own, table))) {
            at.problem(
                    "references",
                    "found \"" + table + "\" among tables:, expected another table: whether a row of"
                            + " the same table is there is not known here. A condition at the source can tell");
        } else if (table != null && !syncs.test(table)) {
            at.problem(
                    "references",
                    "found \"" + table + "\", which no source reads, expected a table that is"
                            + " synchronized too. Add it to tables: of a source, or take the rule out");
        }
        if (problems.count() == before) {
            references.add(new Reference(fields, table, wait));
        }
    }

    private static boolean isSame(TablePattern own, String table) {
        return own.isExact()
                && (own.text().equals(table) || own.text().endsWith("." + table) || table.endsWith("." + own.text()));
    }

    private SchemaCheck schema(Section at) {
        return new SchemaCheck(tables(at), severity(at, Severity.QUARANTINE));
    }

    private CustomCheck custom(Section at, boolean enabled) {
        int before = problems.count();
        var tables = tables(at);
        var names = at.texts("rules", CUSTOM, "a rule's name", Names::isText);
        needed(at, "rules", enabled, names.isEmpty() && problems.count() == before, CUSTOM);
        var known = Extensions.of(QualityRule.class);
        names.forEach(name -> known.problem(name).ifPresent(text -> at.problem("rules", text)));
        return new CustomCheck(tables, names, severity(at, Severity.QUARANTINE));
    }

    private static List<TablePattern> tables(Section at) {
        return Names.tables(at, "tables", null);
    }

    private static boolean isColumn(String text) {
        return Names.isText(text) && text.indexOf('`') < 0;
    }

    private static Severity severity(Section at, Severity fallback) {
        return at.choice("severity", Severity.class, fallback, Set.of());
    }

    private static void needed(Section at, String key, boolean enabled, boolean isEmpty, String expected) {
        if (isEmpty && (enabled || at.has(key))) {
            at.problem(key, (at.has(key) ? "found none" : "missing") + ", expected " + expected);
        }
    }
}
