package io.gravity.local.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.event.TableId;
import io.gravity.local.verify.CheckedTable.CheckedColumn;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static final CheckedTable TABLE = new CheckedTable(
            new TableId("db", "t"),
            List.of(new CheckedColumn("id", Form.NUMBER), new CheckedColumn("name", Form.TEXT)),
            List.of("id"));

    @Test
    void countsEqualMissingDifferentAndUnexpectedRows() {
        var held = new HashMap<String, String>();
        put(held, "1", "same");
        put(held, "2", "found");
        put(held, "4", "nobody's");
        var comparison = new Comparison("warehouse");
        for (var row : List.of(List.of("1", "same"), List.of("2", "expected"), List.of("3", "away"))) {
            comparison.row(TABLE, held, TABLE.keyOf(row), CheckedRow.join(row));
        }
        comparison.left(TABLE, held);

        var result = comparison.result();
        assertThat(result).hasToString("""
                        warehouse: 1 of 3 rows equal, 1 missing, 1 different, 1 unexpected
                          db.t [2]: name expected expected, found found
                          db.t [3]: missing
                          db.t [4]: unexpected""");
        assertThat(result.equal()).isFalse();
    }

    @Test
    void distinguishesNullFromEmptyAndFromItsName() {
        assertThat(List.of(row("1", null), row("1", ""), row("1", "null"))).doesNotHaveDuplicates();
        assertThat(CheckedRow.split(row("1", null))).isEqualTo(Arrays.asList("1", null));
    }

    private static void put(HashMap<String, String> rows, String id, String name) {
        rows.put(TABLE.keyOf(List.of(id, name)), row(id, name));
    }

    private static String row(String id, String name) {
        return CheckedRow.join(Arrays.asList(id, name));
    }
}
