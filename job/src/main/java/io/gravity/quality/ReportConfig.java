package io.gravity.quality;

import static java.util.Objects.requireNonNull;

import io.gravity.event.TableId;
import java.io.Serializable;
import java.time.Duration;

/**
 * The report of what was found and mended.
 *
 * @param table the table that it becomes rows of
 * @param period what one of them is about; periods begin at multiples of it since 1970
 */
public record ReportConfig(TableId table, Duration period) implements Serializable {
    private static final long serialVersionUID = 1L;

    public ReportConfig {
        requireNonNull(table, "table");
        requireNonNull(period, "period");
    }
}
