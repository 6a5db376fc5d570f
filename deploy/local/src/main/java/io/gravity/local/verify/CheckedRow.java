package io.gravity.local.verify;

import java.util.ArrayList;
import java.util.List;

/** A row's canonical values in one text, which is small, and equal exactly if the rows are. */
final class CheckedRow {
    private static final char SEPARATOR = '\u001f';
    private static final String NULL = "\u0000";

    private CheckedRow() {}

    static String join(List<String> values) {
        var text = new StringBuilder();
        for (String value : values) {
            text.append(value == null ? NULL : value).append(SEPARATOR);
        }
        return text.toString();
    }

    static List<String> split(String row) {
        var values = new ArrayList<String>();
        int from = 0;
        for (int to = row.indexOf(SEPARATOR); to >= 0; to = row.indexOf(SEPARATOR, from)) {
            String value = row.substring(from, to);
            values.add(value.equals(NULL) ? null : value);
            from = to + 1;
        }
        return values;
    }

    /** The columns in which two rows of a table differ, with both values. */
    static String difference(CheckedTable table, String expected, String found) {
        var left = split(expected);
        var right = split(found);
        var text = new ArrayList<String>();
        for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
            String a = String.valueOf(left.get(i));
            String b = String.valueOf(right.get(i));
            if (!a.equals(b)) {
                text.add(table.columns().get(i).name() + " expected " + a + ", found " + b);
            }
        }
        return String.join("; ", text);
    }
}
