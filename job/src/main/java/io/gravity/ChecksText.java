package io.gravity;

import static java.util.stream.Collectors.toMap;

import io.gravity.config.Durations;
import io.gravity.config.Value;
import io.gravity.config.YamlText;
import io.gravity.event.TablePattern;
import io.gravity.quality.BusinessCheck;
import io.gravity.quality.BusinessRule;
import io.gravity.quality.ChecksConfig;
import io.gravity.quality.CompletenessCheck;
import io.gravity.quality.CustomCheck;
import io.gravity.quality.FormatCheck;
import io.gravity.quality.Proposals;
import io.gravity.quality.Reference;
import io.gravity.quality.ReferenceCheck;
import io.gravity.quality.SchemaCheck;
import io.gravity.quality.Severity;
import io.gravity.quality.TableCheck;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Writes checks as the configuration has them. */
final class ChecksText {
    private final YamlText yaml;
    private Map<TableCheck, String> notes = Map.of();

    ChecksText(YamlText yaml) {
        this.yaml = yaml;
    }

    /** Returns proposals as a part of a configuration, each under what the sample says of it. */
    static String of(List<Proposals.Proposal> proposals) {
        var text = new ChecksText(new YamlText());
        text.yaml.open("data-quality");
        text.yaml.open("realtime-checks");
        text.notes = proposals.stream().collect(toMap(Proposals.Proposal::check, Proposals.Proposal::told));
        text.write(new ChecksConfig(
                proposals.stream().map(Proposals.Proposal::check).toList()));
        text.yaml.close();
        text.yaml.close();
        return text.yaml.toString();
    }

    void write(ChecksConfig config) {
        each("completeness-check", config.of(CompletenessCheck.class), check -> {
            yaml.texts("required-fields", check.requiredFields());
            severity(check.severity());
        });
        each("format-validation", config.of(FormatCheck.class), check -> {
            yaml.open("rules");
            check.formats().forEach((field, format) -> yaml.text(field, format.pattern()));
            yaml.close();
            severity(check.severity());
        });
        each("business-rules", config.of(BusinessCheck.class), check -> {
            yaml.open("rules");
            check.rules().forEach(this::rule);
            yaml.close();
        });
        each("foreign-keys", config.of(ReferenceCheck.class), check -> {
            yaml.open("rules");
            check.references().forEach(this::reference);
            yaml.close();
            severity(check.severity());
        });
        each("schema-check", config.of(SchemaCheck.class), check -> severity(check.severity()));
        each("custom-rules", config.of(CustomCheck.class), check -> {
            yaml.texts("rules", check.rules());
            severity(check.severity());
        });
    }

    private <T extends TableCheck> void each(String key, List<T> checks, Consumer<T> write) {
        if (checks.isEmpty()) {
            return;
        }
        yaml.open(key);
        for (var check : checks) {
            if (notes.containsKey(check)) {
                yaml.comment(notes.get(check));
            }
            yaml.item();
            yaml.plain("enabled", true);
            if (!check.tables().isEmpty()) {
                yaml.texts(
                        "tables",
                        check.tables().stream().map(TablePattern::text).toList());
            }
            write.accept(check);
            yaml.close();
        }
        yaml.close();
    }

    private void reference(Reference reference) {
        yaml.item();
        yaml.texts("field", reference.fields());
        yaml.text("references", reference.table());
        yaml.plain("wait", Durations.format(reference.maxWait()));
        yaml.close();
    }

    private void rule(BusinessRule rule) {
        yaml.item();
        if (rule.field() == null) {
            yaml.text("expression", rule.condition());
        } else {
            yaml.text("field", rule.field());
            yaml.text("condition", rule.condition());
        }
        if (rule.message() != null) {
            yaml.text("message", rule.message());
        }
        severity(rule.severity());
        yaml.close();
    }

    private void severity(Severity severity) {
        yaml.plain("severity", Value.nameOf(severity));
    }
}
