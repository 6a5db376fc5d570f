package io.gravity;

import io.gravity.dispatch.TargetConfig;
import io.gravity.dispatch.TargetWriters;
import io.gravity.dispatch.clickhouse.ClickHouseWriter;
import io.gravity.dispatch.file.FileWriter;
import io.gravity.dispatch.group.GroupWriter;
import io.gravity.dispatch.kafka.KafkaLedgerWriter;
import io.gravity.dispatch.kafka.KafkaWriter;
import io.gravity.dispatch.mysql.MySqlLedgerWriter;
import io.gravity.dispatch.mysql.MySqlWriter;
import io.gravity.dispatch.strong.LedgerWriters;
import io.gravity.dispatch.strong.VersionedWriter;
import io.gravity.event.ChangeEvent;
import io.gravity.source.MySqlChangeSource;
import io.gravity.source.SourceConfig;
import io.gravity.types.SourceRequests;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.transformations.SourceTransformation;

/** The servers that the configuration names. */
public final class RealEndpoints implements Endpoints {

    @Override
    public SingleOutputStreamOperator<ChangeEvent> changes(StreamExecutionEnvironment env, SourceConfig source) {
        // The source's own reader tells the time, since only it knows when it has caught up.
        var changes = env.fromSource(new MySqlChangeSource(source), WatermarkStrategy.noWatermarks(), source.name());
        // So that requests of the console find it.
        ((SourceTransformation<?, ?, ?>) changes.getTransformation())
                .setCoordinatorListeningID(SourceRequests.listener(source.name()));
        return changes.setParallelism(source.maxWorkers());
    }

    @Override
    public TargetWriters writers(TargetConfig target) {
        if (target instanceof TargetConfig.MySql mysql) {
            return MySqlWriter.of(mysql);
        }
        if (target instanceof TargetConfig.Kafka kafka) {
            return KafkaWriter.of(kafka);
        }
        if (target instanceof TargetConfig.File file) {
            return FileWriter.of(file);
        }
        if (target instanceof TargetConfig.Group group) {
            return GroupWriter.of(
                    group,
                    group.members().stream()
                            .map(member -> writers(member.target()))
                            .toList());
        }
        return ClickHouseWriter.of((TargetConfig.ClickHouse) target);
    }

    @Override
    public LedgerWriters ledgerWriters(TargetConfig target) {
        if (target instanceof TargetConfig.MySql mysql) {
            return MySqlLedgerWriter.of(mysql);
        }
        if (target instanceof TargetConfig.Kafka kafka) {
            return KafkaLedgerWriter.of(kafka);
        }
        return VersionedWriter.of(writers(target));
    }
}
