package io.gravity.transform;

import java.util.regex.Pattern;

/** Writes values of a configuration as literals of SQL. */
final class FieldValues {
    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,65}(\\.\\d{1,30})?");

    private FieldValues() {}

    static String quoted(String value) {
        return "'" + value.replace("'", "''") + "'";
    }

    static String number(String field, String value) {
        if (!NUMBER.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "column " + field + " is a number, found \"" + value + "\", expected a number, e.g. 10");
        }
        return value;
    }
}
