package io.gravity.quality;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.Row;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProposalsTest {
    private static final TableId TABLE = new TableId("shop", "users");

    private static TableSchema schema(Kind... kinds) {
        var columns = new ArrayList<Column>();
        for (var kind : kinds) {
            columns.add(new Column("c" + columns.size(), ColumnType.of(kind, kind.name()), true));
        }
        return new TableSchema(columns, 0);
    }

    private static List<String> told(TableSchema schema, List<Row> rows) {
        return Proposals.of(TABLE, schema, rows).stream()
                .map(proposal -> what(proposal.check()) + " " + proposal.told())
                .toList();
    }

    private static String what(TableCheck check) {
        if (check instanceof CompletenessCheck completeness) {
            return "required " + completeness.requiredFields();
        }
        return check instanceof FormatCheck format
                ? "format " + format.formats().values().iterator().next().pattern()
                : "rule " + ((BusinessCheck) check).rules().get(0).name();
    }

    @Test
    void proposesWhatNearlyAllRowsHave() {
        var rows = new ArrayList<Row>();
        for (long i = 0; i < 1_000; i++) {
            var mail = i == 7 ? "nobody" : i % 20 == 0 ? null : "u" + i + "@example.com";
            rows.add(Row.of(i, mail, i % 3 == 0 ? "it's" : "好", i % 2 == 0 ? null : new BigDecimal(i - 500)));
        }

        assertThat(told(schema(Kind.INTEGER, Kind.TEXT, Kind.TEXT, Kind.DECIMAL), rows))
                .containsExactly(
                        "required [c0] 100.00 % of rows pass",
                        "rule c0 >= 0 100.00 % of rows pass",
                        "required [c1] 95.00 % of rows pass",
                        "format ^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$ 99.90 % of rows pass",
                        "required [c2] 100.00 % of rows pass",
                        "rule c2 in ['it''s', '好'] 100.00 % of rows pass",
                        "rule c3 between -499 and 499 100.00 % of rows pass");
    }

    @Test
    void proposesDatesOfTexts() {
        var rows = List.of(Row.of("2026-01-31 10:00:00"), Row.of("2026-02-01 23:59:59"));

        assertThat(told(schema(Kind.TEXT), rows)).contains("format yyyy-MM-dd HH:mm:ss 100.00 % of rows pass");
    }

    @Test
    void proposesNothingFromNothing() {
        assertThat(told(schema(Kind.TEXT), List.of())).isEmpty();
        assertThat(told(schema(Kind.TEXT), List.of(Row.of((Object) null)))).isEmpty();
        assertThat(told(schema(Kind.BINARY), List.of(Row.of((Object) new byte[1]))))
                .containsExactly("required [c0] 100.00 % of rows pass");
    }
}
