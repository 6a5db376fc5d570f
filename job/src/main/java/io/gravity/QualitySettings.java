package io.gravity;

import io.gravity.config.Problems;
import io.gravity.config.Section;
import io.gravity.event.TableId;
import io.gravity.quality.DuplicateConfig;
import io.gravity.quality.QualityConfig;
import io.gravity.quality.ReportConfig;
import java.time.Duration;
import java.util.Set;
import java.util.function.Predicate;

/** Reads {@code data-quality}. */
final class QualitySettings {
    private static final Duration WINDOW = Duration.ofMinutes(5);
    private static final Duration LONGEST_WINDOW = Duration.ofDays(30);
    private static final TableId REPORT_TABLE = new TableId("gravity", "quality");
    private static final Duration PERIOD = Duration.ofMinutes(1);
    private static final Duration LONGEST_PERIOD = Duration.ofDays(1);
    private static final String FIELDS = "a list of columns, those of the primary key among them, e.g. [\"id\"]";

    private final Section section;
    private final boolean hasQuarantine;
    private final Predicate<String> syncs;
    private final Problems problems;

    QualitySettings(Section section, boolean hasQuarantine, Predicate<String> syncs, Problems problems) {
        this.section = section;
        this.syncs = syncs;
        this.hasQuarantine = hasQuarantine;
        this.problems = problems;
    }

    QualityConfig read() {
        var checks = section.section("realtime-checks");
        var duplicates = checks.has("duplicate-detection") ? duplicates(checks.section("duplicate-detection")) : null;
        checks.value("duplicate-detection");
        var rules = new ChecksSettings(checks, hasQuarantine, syncs, problems).read();
        checks.refuseOthers();
        var report = report();
        section.refuseOthers();
        return new QualityConfig(duplicates, rules, report);
    }

    private ReportConfig report() {
        var value = section.value("report");
        if (value.isEmpty()) {
            return null;
        }
        if (!value.get().isMapping()) {
            return value.get().flag().orElse(false) ? new ReportConfig(REPORT_TABLE, PERIOD) : null;
        }
        var report = value.get().section("true, false, or a mapping with table: and period:");
        var table = report.text("table", Names.PLAIN_TABLE, Names::isPlainTable, REPORT_TABLE.toString());
        var period = report.duration("period", Duration.ofSeconds(1), LONGEST_PERIOD, PERIOD);
        report.refuseOthers();
        return new ReportConfig(table == null ? REPORT_TABLE : TableId.parse(table), period);
    }

    private DuplicateConfig duplicates(Section at) {
        int before = problems.count();
        boolean enabled = at.flag("enabled", true);
        var tables = Names.tables(at, "tables", null);
        var window = at.duration("window", Duration.ofMillis(1), LONGEST_WINDOW, WINDOW);
        var fields = at.texts("key-fields", FIELDS, "a column's name", Names::isText);
        var action = at.choice("action", DuplicateConfig.Action.class, DuplicateConfig.Action.ALERT, Set.of());
        if (fields.isEmpty() && (enabled || at.has("key-fields")) && problems.count() == before) {
            at.problem("key-fields", (at.has("key-fields") ? "found none" : "missing") + ", expected " + FIELDS);
        }
        at.refuseOthers();
        return enabled && problems.count() == before ? new DuplicateConfig(tables, window, fields, action) : null;
    }
}
