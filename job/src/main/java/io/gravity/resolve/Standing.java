package io.gravity.resolve;

import io.gravity.event.Row;
import io.gravity.event.TableSchema;
import java.util.Map;

/**
 * The row that stands by what all sources said last.
 *
 * @param source who decided it
 * @param schema the row's columns; {@code null} if there is no row
 * @param row {@code null} if there is none
 * @param decisions for a merged row, by field whose values differed: the rule, or the source that was followed
 */
record Standing(String source, TableSchema schema, Row row, Map<String, String> decisions) {

    static Standing none(String source) {
        return new Standing(source, null, null, Map.of());
    }

    static Standing of(Head head) {
        return head.deleted()
                ? none(head.source())
                : new Standing(
                        head.source(), head.image().schema(), head.image().row(), Map.of());
    }
}
