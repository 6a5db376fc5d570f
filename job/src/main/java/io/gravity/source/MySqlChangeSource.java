package io.gravity.source;

import io.gravity.event.ChangeEvent;
import io.gravity.types.EventTypes;
import java.time.InstantSource;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.cdc.connectors.mysql.debezium.DebeziumUtils;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** One MySQL or MariaDB server as a stream of changes: a lock-free snapshot beside the binlog, then the binlog. */
public final class MySqlChangeSource
        implements Source<ChangeEvent, ChangeSplit, ReadingState>, ResultTypeQueryable<ChangeEvent> {
    private static final long serialVersionUID = 1L;

    private final SourceConfig config;

    public MySqlChangeSource(SourceConfig config) {
        this.config = config;
    }

    @Override
    public Boundedness getBoundedness() {
        return Boundedness.CONTINUOUS_UNBOUNDED;
    }

    @Override
    public SplitEnumerator<ChangeSplit, ReadingState> createEnumerator(SplitEnumeratorContext<ChangeSplit> context) {
        return enumerator(context, ReadingState.NONE, true);
    }

    @Override
    public SplitEnumerator<ChangeSplit, ReadingState> restoreEnumerator(
            SplitEnumeratorContext<ChangeSplit> context, ReadingState state) {
        // A job that has run before goes on for the sake of its other sources.
        return enumerator(context, state, false);
    }

    private ChangeEnumerator enumerator(
            SplitEnumeratorContext<ChangeSplit> context, ReadingState state, boolean mayFailJob) {
        return new ChangeEnumerator(context, config, ConnectorConfigs.of(config).createConfig(0), state, mayFailJob);
    }

    @Override
    public SourceReader<ChangeEvent, ChangeSplit> createReader(SourceReaderContext context) {
        int subtask = context.getIndexOfSubtask();
        var metrics = new SourceMetrics(context.metricGroup());
        var declarations = new Declarations();
        var converter = new ChangeConverter(config.name(), config.timing(), config.zone(), declarations);
        var emitter = new ChangeEmitter(
                converter, metrics, InstantSource.system(), config.timing().clockOffset(), config.origin());
        emitter.follow(new TableMarkers(
                config.name(),
                config.onTableGone(),
                converter,
                () -> DebeziumUtils.createMySqlDatabaseSchema(
                        ConnectorConfigs.of(config).createConfig(subtask).getMySqlConnectorConfig(), true)));
        return new ChangeReader(
                new TwoReaders(
                        () -> new ContainedReader(
                                config.name(),
                                () -> connection(subtask, declarations),
                                metrics,
                                () -> RetentionWatch.start(
                                        config.name(),
                                        ConnectorConfigs.of(config).createConfig(subtask),
                                        metrics)),
                        context.getConfiguration()),
                emitter,
                context);
    }

    private SplitConnection connection(int subtask, Declarations declarations) {
        return new ConnectorReader(
                config.name(), ConnectorConfigs.of(config).createConfig(subtask), subtask, declarations);
    }

    @Override
    public SimpleVersionedSerializer<ChangeSplit> getSplitSerializer() {
        return ChangeSplitSerializer.INSTANCE;
    }

    @Override
    public SimpleVersionedSerializer<ReadingState> getEnumeratorCheckpointSerializer() {
        return ReadingStateSerializer.INSTANCE;
    }

    @Override
    public TypeInformation<ChangeEvent> getProducedType() {
        return EventTypes.CHANGE;
    }
}
