package io.gravity;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.gravity.config.Problems;
import io.gravity.config.Section;
import io.gravity.event.TableId;
import io.gravity.extension.Extensions;
import io.gravity.repair.DuplicateHandling;
import io.gravity.repair.FillStrategy;
import io.gravity.repair.FillStrategy.Related;
import io.gravity.repair.RepairConfig;
import io.gravity.udf.FieldFunction;
import io.gravity.udf.RepairRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Reads {@code auto-repair}. */
final class RepairSettings {
    private static final TableId AUDIT_TABLE = new TableId("gravity", "repairs");
    private static final Duration DUPLICATE_WINDOW = Duration.ofMinutes(10);
    private static final Duration LONGEST_DUPLICATE_WINDOW = Duration.ofDays(30);
    private static final Duration HISTORY_WINDOW = Duration.ofDays(30);
    private static final Duration LONGEST_HISTORY_WINDOW = Duration.ofDays(3650);
    static final Duration WAIT = Duration.ofSeconds(10);
    static final Duration LONGEST_WAIT = Duration.ofHours(1);
    private static final String COLUMN = "a column's name";
    private static final String KEY_FIELDS = "a list of columns, those of the primary key among them, e.g. [\"id\"]";
    private static final String FIELDS = "a list of columns, e.g. [\"region\"]";
    private static final String DEFAULTS = "columns with their values, e.g. {country: \"CN\"}";
    private static final String LOOKUPS = "lookups, each with field:, source-table: and key-field:";
    private static final String LOOKUP_KEY =
            "the column that holds the other table's primary key, e.g. user_id; a list for a key of several columns";
    private static final String CORRECTIONS = "columns with their corrections, each with correction: and pattern:";
    private static final String FUNCTION = "the name of a function, e.g. trim_and_lowercase";
    private static final String PATTERN = "a regular expression in the syntax of RE2, e.g. \"\\\\s+\"";

    private final Section section;
    private final Problems problems;

    RepairSettings(Section section, Problems problems) {
        this.section = section;
        this.problems = problems;
    }

    RepairConfig read() {
        var duplicates = section.has("duplicate-handling") ? duplicates(section.section("duplicate-handling")) : null;
        section.value("duplicate-handling");
        var missing = section.has("missing-data-fill") ? missing(section.section("missing-data-fill")) : null;
        section.value("missing-data-fill");
        var formats = section.has("format-correction") ? formats(section.section("format-correction")) : null;
        section.value("format-correction");
        var custom = section.sections("custom", "rules, each with rule:").stream()
                .map(this::custom)
                .filter(Objects::nonNull)
                .toList();
        var audit = audit();
        section.refuseOthers();
        return new RepairConfig(duplicates, missing, formats, custom, audit);
    }

    private DuplicateHandling duplicates(Section at) {
        int before = problems.count();
        boolean enabled = at.flag("enabled", true);
        var tables = Names.tables(at, "tables", null);
        var detection = at.section("detection");
        var fields = fields(detection, "key-fields", KEY_FIELDS, enabled);
        var window =
                detection.duration("time-window", Duration.ofMillis(1), LONGEST_DUPLICATE_WINDOW, DUPLICATE_WINDOW);
        detection.refuseOthers();
        var strategy = at.choice(
                "repair-strategy", DuplicateHandling.Strategy.class, DuplicateHandling.Strategy.KEEP_LATEST, Set.of());
        var rules = ResolveSettings.fields(at);
        at.refuseOthers();
        return enabled && problems.count() == before
                ? new DuplicateHandling(tables, fields, window, strategy, rules)
                : null;
    }

    private List<String> fields(Section at, String key, String expected, boolean required) {
        int before = problems.count();
        var fields = at.texts(key, expected, COLUMN, Names::isText);
        if (fields.isEmpty() && (required || at.has(key)) && problems.count() == before) {
            at.problem(key, (at.has(key) ? "found none" : "missing") + ", expected " + expected);
        }
        return fields;
    }

    private RepairConfig.MissingFill missing(Section at) {
        int before = problems.count();
        boolean enabled = at.flag("enabled", true);
        var tables = Names.tables(at, "tables", null);
        var strategies = new ArrayList<FillStrategy>();
        var expected =
                "strategies in the order they are tried: default-values, derive-from-history," + " lookup-from-related";
        at.required("strategies", expected).ifPresent(value -> {
            var order = value.members(expected).keySet();
            var known = value.isMapping() ? value.section(expected) : null;
            for (var name : order) {
                strategy(known, name.replace('_', '-')).ifPresent(strategies::add);
            }
            if (known != null) {
                known.refuseOthers();
            }
            if (value.isMapping() && order.isEmpty()) {
                value.problem("found none, expected " + expected);
            }
        });
        at.refuseOthers();
        return enabled && problems.count() == before ? new RepairConfig.MissingFill(tables, strategies) : null;
    }

    private Optional<FillStrategy> strategy(Section at, String name) {
        // Known, so that the answer to a typing error names all of them.
        at.value("default-values");
        at.value("derive-from-history");
        at.value("lookup-from-related");
        return switch (name) {
            case "default-values" -> defaults(at);
            case "derive-from-history" -> Optional.ofNullable(history(at.section(name)));
            case "lookup-from-related" -> related(at, name);
            default -> Optional.empty();
        };
    }

    private Optional<FillStrategy> defaults(Section at) {
        int before = problems.count();
        var values = at.properties("default-values");
        if (values.isEmpty() && problems.count() == before) {
            at.problem("default-values", "found none, expected " + DEFAULTS);
        }
        return problems.count() == before ? Optional.of(new FillStrategy.Defaults(values)) : Optional.empty();
    }

    private FillStrategy history(Section at) {
        int before = problems.count();
        var fields = fields(at, "fields", FIELDS, true);
        var window = at.duration("window", Duration.ofMinutes(1), LONGEST_HISTORY_WINDOW, HISTORY_WINDOW);
        var pick = at.choice("pick", FillStrategy.History.Pick.class, FillStrategy.History.Pick.MOST_RECENT, Set.of());
        at.refuseOthers();
        return problems.count() == before ? new FillStrategy.History(fields, window, pick) : null;
    }

    private Optional<FillStrategy> related(Section at, String name) {
        int before = problems.count();
        var lookups = new ArrayList<Related.Field>();
        var fields = new HashSet<String>();
        for (var one : at.sections(name, LOOKUPS)) {
            var lookup = lookup(one);
            if (lookup != null && !fields.add(lookup.field())) {
                one.problem("field", "found \"" + lookup.field() + "\" twice");
            } else if (lookup != null) {
                lookups.add(lookup);
            }
        }
        if (lookups.isEmpty() && problems.count() == before) {
            at.problem(name, "found none, expected a list of " + LOOKUPS);
        }
        return problems.count() == before ? Optional.of(new Related(lookups)) : Optional.empty();
    }

    private Related.Field lookup(Section at) {
        int before = problems.count();
        var field = at.text("field", COLUMN, Names::isText);
        var table = at.text("source-table", Names.ONE_TABLE, Names::isOneTable);
        var keys = Names.columns(at, "key-field", LOOKUP_KEY);
        var sourceField = at.text("source-field", COLUMN, Names::isText, field);
        var wait = at.duration("wait", Duration.ZERO, LONGEST_WAIT, WAIT);
        at.refuseOthers();
        return problems.count() == before ? new Related.Field(field, table, keys, sourceField, wait) : null;
    }

    private RepairConfig.Formats formats(Section at) {
        int before = problems.count();
        boolean enabled = at.flag("enabled", true);
        var tables = Names.tables(at, "tables", null);
        var functions = Extensions.of(FieldFunction.class);
        var corrections = new LinkedHashMap<String, RepairConfig.Correction>();
        at.required("corrections", CORRECTIONS).ifPresent(value -> {
            value.members(CORRECTIONS).forEach((field, member) -> {
                var one = member.section("a mapping with correction: and pattern:");
                if (one != null) {
                    corrections.put(field, correction(one, functions));
                }
            });
            if (value.isMapping() && corrections.isEmpty() && problems.count() == before) {
                value.problem("found none, expected " + CORRECTIONS);
            }
        });
        at.refuseOthers();
        return enabled && problems.count() == before ? new RepairConfig.Formats(tables, corrections) : null;
    }

    private static RepairConfig.Correction correction(Section at, Extensions<FieldFunction> functions) {
        var pattern = at.text("pattern", PATTERN, text -> true, null);
        if (pattern != null) {
            try {
                Pattern.compile(pattern);
            } catch (PatternSyntaxException e) {
                at.problem("pattern", e.getMessage() + ", expected " + PATTERN);
            }
        }
        var name = at.text("correction", FUNCTION, Names::isText);
        if (name != null) {
            functions.problem(name).ifPresent(text -> at.problem("correction", text));
        }
        at.refuseOthers();
        return name == null ? null : new RepairConfig.Correction(pattern, name);
    }

    private RepairConfig.Custom custom(Section at) {
        int before = problems.count();
        var tables = Names.tables(at, "tables", null);
        var fields = at.texts("fields", FIELDS, COLUMN, Names::isText);
        var rule = at.text("rule", "the name of a repair rule in a jar of yours", Names::isText);
        if (rule != null) {
            Extensions.of(RepairRule.class).problem(rule).ifPresent(text -> at.problem("rule", text));
        }
        at.refuseOthers();
        return problems.count() == before ? new RepairConfig.Custom(tables, fields, rule) : null;
    }

    private TableId audit() {
        var value = section.value("audit");
        if (value.isEmpty()) {
            return null;
        }
        if (!value.get().isMapping()) {
            return value.get().flag().orElse(false) ? AUDIT_TABLE : null;
        }
        var audit = value.get().section("true, false, or a mapping with table:");
        var table = audit.text("table", Names.PLAIN_TABLE, Names::isPlainTable, AUDIT_TABLE.toString());
        audit.refuseOthers();
        return table == null ? AUDIT_TABLE : TableId.parse(table);
    }
}
