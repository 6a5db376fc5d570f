package io.gravity.transform;

import io.gravity.event.ColumnType;
import io.gravity.event.TableId;
import io.gravity.event.TablePattern;
import io.gravity.expression.Condition;
import io.gravity.expression.Expression;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One step of what is done to rows on their way from the source.
 *
 * <p>A step that names tables is for these, and columns it names must be there. One that names none is for every table
 * that has the columns.
 */
public sealed interface Transform extends Serializable {

    /** Returns the source tables it is for; none for all that have its columns. */
    List<TablePattern> tables();

    /** Returns its name in configuration. */
    String type();

    /** Returns whether there can be rows that it can do nothing with. */
    boolean canFail();

    /** Returns whether its columns must be there. */
    default boolean isStrict() {
        return !tables().isEmpty();
    }

    default boolean isFor(TableId table) {
        return tables().isEmpty() || tables().stream().anyMatch(pattern -> pattern.matches(table));
    }

    /**
     * Gives columns other names.
     *
     * @param mappings new names by old ones
     */
    record FieldMapping(List<TablePattern> tables, Map<String, String> mappings) implements Transform {
        public FieldMapping {
            tables = List.copyOf(tables);
            mappings = new LinkedHashMap<>(mappings);
        }

        @Override
        public String type() {
            return "field-mapping";
        }

        @Override
        public boolean canFail() {
            return false;
        }
    }

    /**
     * Lets rows pass that meet all conditions.
     *
     * @param expression a further condition; {@code null} for none
     */
    record DataFilter(List<TablePattern> tables, List<FieldCondition> conditions, Condition expression)
            implements Transform {
        public DataFilter {
            tables = List.copyOf(tables);
            conditions = List.copyOf(conditions);
        }

        @Override
        public String type() {
            return "data-filter";
        }

        @Override
        public boolean canFail() {
            return false;
        }
    }

    /** Adds a column. */
    record DerivedColumn(List<TablePattern> tables, String name, Expression expression, ColumnType columnType)
            implements Transform {
        public DerivedColumn {
            tables = List.copyOf(tables);
        }

        @Override
        public String type() {
            return "derived-column";
        }

        @Override
        public boolean canFail() {
            return true;
        }
    }

    /** Leaves columns out. */
    record DropColumns(List<TablePattern> tables, List<String> columns) implements Transform {
        public DropColumns {
            tables = List.copyOf(tables);
            columns = List.copyOf(columns);
        }

        @Override
        public String type() {
            return "drop-columns";
        }

        @Override
        public boolean canFail() {
            return false;
        }
    }

    /** Makes values unreadable. */
    record Mask(List<TablePattern> tables, Map<String, Method> fields) implements Transform {
        /** How a value is made unreadable. */
        public enum Method {
            /** SHA-256 of its text, 64 hexadecimal digits: equal values stay equal. */
            HASH,
            /** Stars for all but the ends of a text. */
            PARTIAL,
            /** NULL. */
            NULL
        }

        public Mask {
            tables = List.copyOf(tables);
            fields = new LinkedHashMap<>(fields);
        }

        @Override
        public String type() {
            return "mask";
        }

        @Override
        public boolean canFail() {
            return false;
        }
    }

    /** Gives a column another type. */
    record Cast(List<TablePattern> tables, String field, ColumnType columnType) implements Transform {
        public Cast {
            tables = List.copyOf(tables);
        }

        @Override
        public String type() {
            return "cast";
        }

        @Override
        public boolean canFail() {
            return true;
        }
    }

    /** Applies a {@link io.gravity.udf.FieldFunction} to a column. */
    record Function(List<TablePattern> tables, String field, String function) implements Transform {
        public Function {
            tables = List.copyOf(tables);
        }

        @Override
        public String type() {
            return "function";
        }

        @Override
        public boolean canFail() {
            return true;
        }
    }

    /** Applies a {@link io.gravity.udf.RowTransform}. */
    record RowFunction(List<TablePattern> tables, String name) implements Transform {
        public RowFunction {
            tables = List.copyOf(tables);
        }

        @Override
        public String type() {
            return "row-transform";
        }

        @Override
        public boolean canFail() {
            return true;
        }
    }

    /**
     * A condition on one column.
     *
     * @param values what it is compared with; one, or several for {@code in}, or none for {@code is-null}
     */
    record FieldCondition(String field, Operator operator, List<String> values) implements Serializable {
        public FieldCondition {
            values = List.copyOf(values);
        }
    }

    /** How a column is compared; what says "not" is true of NULL as well, all others but {@code is-null} are not. */
    enum Operator {
        EQUAL("=", "%s = %s"),
        NOT_EQUAL("!=", "%s <> %s"),
        LESS("<", "%s < %s"),
        LESS_OR_EQUAL("<=", "%s <= %s"),
        GREATER(">", "%s > %s"),
        GREATER_OR_EQUAL(">=", "%s >= %s"),
        IN("in", "%s IN (%s)"),
        NOT_IN("not-in", "%s NOT IN (%s)"),
        LIKE("like", "%s LIKE %s"),
        NOT_LIKE("not-like", "%s NOT LIKE %s"),
        IS_NULL("is-null", "%s IS NULL"),
        NOT_NULL("not-null", "%s IS NOT NULL");

        private final String label;
        private final String sql;

        Operator(String label, String sql) {
            this.label = label;
            this.sql = sql;
        }

        /** Returns how configuration writes it. */
        public String label() {
            return label;
        }

        /** Returns the operator of that name; {@code null} if there is none. */
        public static Operator of(String text) {
            var name = text.strip().toLowerCase(Locale.ROOT).replaceAll("[ _]", "-");
            for (var operator : values()) {
                if (operator.label.equals(name)) {
                    return operator;
                }
            }
            return switch (name) {
                case "==" -> EQUAL;
                case "<>" -> NOT_EQUAL;
                case "is-not-null" -> NOT_NULL;
                default -> null;
            };
        }

        public boolean takesValue() {
            return this != IS_NULL && this != NOT_NULL;
        }

        public boolean takesList() {
            return this == IN || this == NOT_IN;
        }

        String sql(String field, String value) {
            var text = sql.formatted(field, value);
            return this == NOT_EQUAL || this == NOT_IN || this == NOT_LIKE
                    ? "(" + text + " OR " + field + " IS NULL)"
                    : text;
        }
    }
}
