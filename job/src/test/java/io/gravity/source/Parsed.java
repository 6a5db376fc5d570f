package io.gravity.source;

import io.debezium.config.CommonConnectorConfig.BinaryHandlingMode;
import io.debezium.connector.mysql.MySqlValueConverters;
import io.debezium.connector.mysql.antlr.MySqlAntlrDdlParser;
import io.debezium.jdbc.JdbcValueConverters.BigIntUnsignedMode;
import io.debezium.jdbc.JdbcValueConverters.DecimalMode;
import io.debezium.jdbc.TemporalPrecisionMode;
import io.debezium.relational.Table;
import io.debezium.relational.TableId;
import io.debezium.relational.Tables;

/** Tables as the connector's parser makes them of statements. */
final class Parsed {
    private static final String DATABASE = "shop";

    private Parsed() {}

    /** Returns the table {@code t} behind these statements. */
    static Table table(String... statements) {
        var tables = new Tables();
        var converters = new MySqlValueConverters(
                DecimalMode.PRECISE,
                TemporalPrecisionMode.ADAPTIVE_TIME_MICROSECONDS,
                BigIntUnsignedMode.PRECISE,
                BinaryHandlingMode.BYTES);
        for (var statement : statements) {
            var parser = new MySqlAntlrDdlParser(true, false, false, converters, Tables.TableFilter.includeAll());
            parser.setCurrentSchema(DATABASE);
            parser.parse(statement, tables);
        }
        return tables.forTable(new TableId(DATABASE, null, "t"));
    }
}
