package io.gravity.dispatch;

import io.gravity.error.ErrorCode;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.InvalidDate;
import java.time.ZoneOffset;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;

/**
 * How a writer answers values that its target can't hold, and counts those that it writes otherwise.
 *
 * @param replaced counts values, once more with each attempt to write them
 */
public record UnfitRule(UnfitValues values, Counter replaced) {

    /** Creates the rule of a target, which shows its counter there. */
    public static UnfitRule of(TargetConfig config, MetricGroup metrics) {
        return new UnfitRule(config.delivery().unfitValues(), metrics.counter("unfitValues"));
    }

    /** Creates the rule of a target whose counter nobody sees. */
    public static UnfitRule of(TargetConfig config) {
        return of(config, new UnregisteredMetricsGroup());
    }

    /**
     * Returns what is written instead of a value.
     *
     * @param error says why the value does not fit, and is thrown if it is refused
     * @param nearest the nearest value that fits; {@code null} if there is none
     * @param takesNull whether NULL can be written
     */
    public Object instead(IllegalArgumentException error, Object nearest, boolean takesNull) {
        if (values == UnfitValues.REFUSE
                || (values == UnfitValues.SET_NULL && !takesNull)
                || (values == UnfitValues.NEAREST && nearest == null)) {
            throw error;
        }
        replaced.inc();
        return values == UnfitValues.SET_NULL ? null : nearest;
    }

    /**
     * Returns what is written of a value where dates must be in the calendar and NULL always goes.
     *
     * @throws UnfitValueException if it is refused
     */
    public Object inCalendar(Kind kind, Object value) {
        return value instanceof InvalidDate date
                ? instead(
                        new UnfitValueException(
                                ErrorCode.VALUE_OUT_OF_RANGE,
                                "found the date " + date + ", expected one that is in the calendar",
                                null),
                        nearest(kind, date),
                        true)
                : value;
    }

    /** Returns the nearest date of the calendar, as a value of the kind. */
    public static Object nearest(Kind kind, InvalidDate date) {
        var nearest = date.nearest();
        return switch (kind) {
            case DATE -> nearest.toLocalDate();
            case TIMESTAMP -> nearest.toInstant(ZoneOffset.UTC);
            default -> nearest;
        };
    }
}
