package io.gravity.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.debezium.relational.Column;
import io.debezium.relational.Table;
import io.debezium.relational.TableId;
import io.gravity.source.KeyOrder.KeyColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Ranges of keys as SQL: whatever the bounds, each key is in exactly one range. */
class KeyOrderTest {
    private static final KeyOrder ONE = new KeyOrder(List.of(new KeyColumn("a", "A")));
    private static final KeyOrder THREE =
            new KeyOrder(List.of(new KeyColumn("a", "A"), new KeyColumn("b", "B"), new KeyColumn("c", "C")));

    @Test
    void boundsOneColumn() {
        assertThat(ONE.range(null, List.of("7"))).isEqualTo("a <= 7");
        assertThat(ONE.range(List.of("3"), List.of("7"))).isEqualTo("a > 3 AND a <= 7");
    }

    @Test
    void namesTheColumnsThatBothEndsShare() {
        assertThat(THREE.range(List.of("1", "2", "3"), List.of("1", "2", "9")))
                .isEqualTo("a = 1 AND b = 2 AND c > 3 AND c <= 9");
        assertThat(THREE.range(List.of("1", "2", "3"), List.of("1", "5", "9")))
                .isEqualTo(
                        "a = 1 AND b >= 2 AND (b > 2 OR (b = 2 AND c > 3)) AND b <= 5 AND (b < 5 OR (b = 5 AND c <= 9))");
    }

    @Test
    void asksForLiteralsThatTheServerTakesBack() {
        var order = KeyOrder.of(
                table("BIGINT UNSIGNED", "VARCHAR", "BINARY", "DATETIME", "DECIMAL(10,2)", "TIMESTAMP"), true);
        assertThat(order.literals())
                .isEqualTo("CAST(`k``0` AS CHAR), CONCAT('_utf8mb4 x''', HEX(CONVERT(`k``1` USING utf8mb4)), ''''),"
                        + " CONCAT('x''', HEX(`k``2`), ''''), QUOTE(CAST(`k``3` AS CHAR)), CAST(`k``4` AS CHAR),"
                        + " QUOTE(CAST(`k``5` AS CHAR))");
        assertThat(order.ascending()).isEqualTo("`k``0`, `k``1`, `k``2`, `k``3`, `k``4`, `k``5`");
    }

    @Test
    void stopsAtAColumnThatCanNotBeCompared() {
        assertThat(KeyOrder.of(table("INT", "ENUM", "INT"), true).columns()).hasSize(1);
        assertThat(KeyOrder.of(table("DOUBLE", "INT"), true).isEmpty()).isTrue();
        assertThat(KeyOrder.of(table("INT", "TIMESTAMP"), false).columns())
                .as("an hour comes twice in a zone with summer time")
                .hasSize(1);
    }

    @Property
    void everyKeyIsInOneRange(@ForAll @Size(min = 1, max = 12) List<@Size(3) List<@IntRange(max = 3) Integer>> rows) {
        var keys = new TreeSet<List<Integer>>(KeyOrderTest::compare);
        keys.addAll(rows);
        var ranges = new ArrayList<String>();
        List<String> after = null;
        for (var end : keys) {
            var until = end.stream().map(String::valueOf).toList();
            ranges.add(THREE.range(after, until));
            after = until;
        }
        int number = 0;
        for (var key : keys) {
            for (int i = 0; i < ranges.size(); i++) {
                assertThat(holds(ranges.get(i), key))
                        .as(key + " in " + ranges.get(i))
                        .isEqualTo(i == number);
            }
            number++;
        }
    }

    private static int compare(List<Integer> one, List<Integer> other) {
        for (int i = 0; i < one.size(); i++) {
            int order = one.get(i).compareTo(other.get(i));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    /** Gravity's own conditions have the same syntax. */
    private static boolean holds(String range, List<Integer> key) {
        var text = range;
        for (var name : List.of("a", "b", "c")) {
            text = text.replace(name + " ", key.get(name.charAt(0) - 'a') + " ");
        }
        return new Logic(text).or();
    }

    /** Reads comparisons of two numbers, AND, OR and parentheses. */
    private static final class Logic {
        private final String[] words;
        private int at;

        private Logic(String text) {
            words = text.replace("(", "( ").replace(")", " )").split(" +");
        }

        private boolean or() {
            boolean value = and();
            while (at < words.length && words[at].equals("OR")) {
                at++;
                value |= and();
            }
            return value;
        }

        private boolean and() {
            boolean value = term();
            while (at < words.length && words[at].equals("AND")) {
                at++;
                value &= term();
            }
            return value;
        }

        private boolean term() {
            if (words[at].equals("(")) {
                at++;
                boolean value = or();
                at++;
                return value;
            }
            int order = Integer.compare(Integer.parseInt(words[at]), Integer.parseInt(words[at + 2]));
            var operator = words[at + 1];
            at += 3;
            return switch (operator) {
                case ">" -> order > 0;
                case ">=" -> order >= 0;
                case "<" -> order < 0;
                case "<=" -> order <= 0;
                case "=" -> order == 0;
                default -> throw new AssertionError(operator);
            };
        }
    }

    private static Table table(String... types) {
        var editor = Table.editor().tableId(new TableId("shop", null, "orders"));
        var names = new ArrayList<String>();
        for (int i = 0; i < types.length; i++) {
            names.add("k`" + i);
            editor.addColumn(Column.editor()
                    .name("k`" + i)
                    .type(types[i])
                    .position(i + 1)
                    .create());
        }
        return editor.setPrimaryKeyNames(names).create();
    }
}
