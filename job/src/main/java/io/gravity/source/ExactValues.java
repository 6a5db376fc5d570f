package io.gravity.source;

import io.debezium.spi.converter.CustomConverter;
import io.debezium.spi.converter.RelationalColumn;
import java.util.Locale;
import java.util.Properties;
import java.util.function.Function;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.SchemaBuilder;

/**
 * Takes dates, times and JSON documents through the connector unharmed: what {@link BinlogCells} and {@link ChunkRow}
 * read passes as it is. Loaded by the connector by name.
 */
public final class ExactValues implements CustomConverter<SchemaBuilder, RelationalColumn> {
    static final String DATE = "io.gravity.Date";
    static final String TIME = "io.gravity.Time";
    static final String DATETIME = "io.gravity.DateTime";
    static final String TIMESTAMP = "io.gravity.Timestamp";
    private static final String YEAR = "io.debezium.time.Year";
    private static final String JSON = "io.debezium.data.Json";

    @Override
    public void configure(Properties properties) {
        // There is nothing to choose.
    }

    @Override
    public void converterFor(RelationalColumn column, ConverterRegistration<SchemaBuilder> registration) {
        switch (column.typeName().toUpperCase(Locale.ROOT)) {
            case "DATE" -> register(registration, SchemaBuilder.int64().name(DATE), Long.class, 0L);
            case "TIME" -> register(registration, SchemaBuilder.int64().name(TIME), Long.class, 0L);
            case "DATETIME" -> register(registration, SchemaBuilder.int64().name(DATETIME), Long.class, 0L);
            case "TIMESTAMP" -> register(registration, SchemaBuilder.int64().name(TIMESTAMP), Long.class, 0L);
            case "YEAR" -> register(registration, SchemaBuilder.int32().name(YEAR), Integer.class, 0);
            case "JSON" ->
                registration.register(
                        SchemaBuilder.string().name(JSON),
                        value -> value instanceof byte[] stored ? ServerJson.text(stored) : value);
            default -> {
                // The connector's own conversion is exact, or becomes so in ColumnConverter.
            }
        }
    }

    /** Beside values the connector hands over the column's default in a form of its own, which nobody reads. */
    private static <T> void register(
            ConverterRegistration<SchemaBuilder> registration, SchemaBuilder schema, Class<T> raw, T ofDefault) {
        Function<Object, Object> exact = value -> value == null || raw.isInstance(value) ? value : ofDefault;
        registration.register(schema, exact::apply);
    }
}
