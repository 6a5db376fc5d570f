package io.gravity.route.condition;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.math.BigDecimal;

/** A constant in a condition. */
public sealed interface Literal extends Serializable {

    /** A number, or {@code true} and {@code false} as MySQL's 1 and 0. */
    record Numeric(BigDecimal value) implements Literal {
        public Numeric {
            requireNonNull(value, "value");
        }

        @Override
        public String toString() {
            return value.toPlainString();
        }
    }

    /** A text in single quotes; against columns of dates and times, an ISO date or time. */
    record Textual(String value) implements Literal {
        public Textual {
            requireNonNull(value, "value");
        }

        @Override
        public String toString() {
            return "'" + value.replace("'", "''") + "'";
        }
    }
}
