package io.gravity;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.quality.ChecksConfig;
import io.gravity.quality.DuplicateConfig;
import io.gravity.quality.DuplicateConfig.Action;
import io.gravity.quality.QualityConfig;
import io.gravity.types.OrderScope;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.flink.api.java.typeutils.runtime.kryo.KryoSerializer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.core.memory.ManagedMemoryUseCase;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.junit.jupiter.api.Test;

/** The graph as it is submitted, without a cluster. */
class TopologyTest {
    private static final SyncConfig CONFIG = TestConfigs.of(
            List.of("orders-db", "stock-db"),
            TestConfigs.mysql("warehouse"),
            TestConfigs.kafka("bus"),
            TestConfigs.clickHouse("reports"));
    private static final SyncConfig SEQUENCED = TestConfigs.of(
            List.of("orders-db", "stock-db"),
            TestConfigs.mysql("warehouse"),
            TestConfigs.kafka("bus", OrderScope.ALL),
            TestConfigs.mysql("reports", OrderScope.TABLE));

    @Test
    void uidsAreThoseThatSavepointsKnow() throws IOException {
        assertThat(uids(graph(new Configuration())))
                .as("the uids of all operators. A savepoint finds state by them: a renamed one loses its state,"
                        + " a removed one makes the restore fail. If the change is meant, say so in the release notes"
                        + " and write the new list into src/test/resources/uids.txt")
                .isEqualTo(golden("/uids.txt"));
    }

    @Test
    void uidsOfTargetsThatWantMoreOrderAreKnownAsWell() throws IOException {
        assertThat(uids(graph(new Configuration(), SEQUENCED))).isEqualTo(golden("/uids-sequenced.txt"));
    }

    @Test
    void onlyTheTargetsThatWantMoreOrderCostANetwork() {
        var names = StreamSupport.stream(
                        graph(new Configuration(), SEQUENCED)
                                .getJobGraph()
                                .getVertices()
                                .spliterator(),
                        false)
                .map(JobVertex::getName)
                .filter(name -> !name.startsWith("Source"))
                .toList();
        assertThat(names)
                .hasSize(3)
                .anyMatch(name -> name.contains("Order by event time") && name.contains("Dispatch to warehouse"))
                .anyMatch(name -> name.contains("Sequence for bus") && name.contains("Dispatch to bus"))
                .anyMatch(name -> name.contains("Sequence for reports") && name.contains("Dispatch to reports"));
    }

    @Test
    void theQuarantineIsOneMoreOperatorBehindAllDispatchers() throws IOException {
        var graph = graph(new Configuration(), TestConfigs.quarantining(CONFIG, "warehouse"));
        assertThat(uids(graph)).isEqualTo(golden("/uids.txt").replace("quality\n", "quality\nquarantine\n"));
        var quarantine = graph.getStreamNodes().stream()
                .filter(node -> "quarantine".equals(node.getTransformationUID()))
                .findFirst()
                .orElseThrow();
        assertThat(quarantine.getOperatorName()).isEqualTo("Quarantine");
        assertThat(quarantine.getInEdges())
                .extracting(edge -> graph.getStreamNode(edge.getSourceId()).getTransformationUID())
                .containsExactlyInAnyOrder("dispatch-warehouse", "dispatch-bus", "dispatch-reports");
    }

    @Test
    void everyOperatorHasAUidAndAName() {
        assertThat(graph(new Configuration()).getStreamNodes()).isNotEmpty().allSatisfy(node -> {
            assertThat(node.getTransformationUID()).as(node.getOperatorName()).matches("[a-z0-9-]+");
            assertThat(node.getOperatorName()).isNotBlank();
        });
    }

    @Test
    void noTypeFallsToReflection() {
        var graph = graph(new Configuration());
        assertThat(graph.getExecutionConfig().getSerializerConfig().hasGenericTypesDisabled())
                .isTrue();
        assertThat(graph.getStreamNodes()).allSatisfy(node -> {
            assertThat(node.getTypeSerializerOut()).isNotInstanceOf(KryoSerializer.class);
            assertThat(node.getTypeSerializersIn()).doesNotHaveAnyElementsOfTypes(KryoSerializer.class);
        });
    }

    @Test
    void rowsCrossTheNetworkOnceFromEachSource() {
        var graph = jobGraph();
        assertThat(graph.getVerticesAsArray())
                .as("two sources, and one chain of all that is keyed by row")
                .hasSize(3);
        assertThat(graph.getVerticesSortedTopologicallyFromSources().get(2).getName())
                .contains("Order by event time", "Resolve conflicts", "Route")
                .contains("Dispatch to warehouse", "Dispatch to bus", "Dispatch to reports");
    }

    @Test
    void lookingForDuplicatesCostsNoNetworkAndNoUid() throws IOException {
        var duplicates = new DuplicateConfig(List.of(), Duration.ofMinutes(5), List.of("id"), Action.SKIP);
        var checking = new SyncConfig(
                CONFIG.sources(),
                CONFIG.mappings(),
                CONFIG.order(),
                new QualityConfig(duplicates, ChecksConfig.none()),
                CONFIG.resolve(),
                CONFIG.routes(),
                CONFIG.targets(),
                CONFIG.quarantine(),
                CONFIG.checkpointInterval());
        assertThat(graph(new Configuration(), checking).getJobGraph().getVerticesAsArray())
                .hasSize(3);
        assertThat(uids(graph(new Configuration(), checking))).isEqualTo(golden("/uids.txt"));
    }

    @Test
    void stagesWithoutStateAreNotKeyed() {
        assertThat(graph(new Configuration()).getStreamNodes())
                .filteredOn(node -> List.of("quality", "repair", "route").contains(node.getTransformationUID()))
                .hasSize(3)
                .allSatisfy(node -> assertThat(node.getStateKeySerializer()).isNull());
    }

    @Test
    void onlyTheCacheOfRowsTakesManagedMemoryBesideTheState() {
        assertThat(graph(new Configuration()).getStreamNodes())
                .filteredOn(node ->
                        node.getManagedMemoryOperatorScopeUseCaseWeights().containsKey(ManagedMemoryUseCase.OPERATOR))
                .extracting(StreamNode::getTransformationUID)
                .containsExactly("resolve");
    }

    @Test
    void lanesFixTheMaximalParallelism() {
        assertThat(jobGraph().getVertices())
                .allSatisfy(vertex -> assertThat(vertex.getMaxParallelism()).isEqualTo(128));
    }

    @Test
    void whatTheClusterHasConfiguredStays() {
        var cluster = new Configuration();
        cluster.setString("execution.checkpointing.interval", "7 s");
        cluster.setString("state.backend.type", "hashmap");
        var env = StreamExecutionEnvironment.getExecutionEnvironment(cluster);
        SyncJob.build(env, CONFIG);
        assertThat(env.getCheckpointInterval()).isEqualTo(7000);
        assertThat(env.getConfiguration().toString()).contains("hashmap");
    }

    @Test
    void withoutClusterSettingsTheJobsOwnHold() {
        var env = StreamExecutionEnvironment.getExecutionEnvironment(new Configuration());
        SyncJob.build(env, CONFIG);
        assertThat(env.getCheckpointInterval()).isEqualTo(200);
        assertThat(env.getConfiguration().get(PipelineOptions.GENERIC_TYPES)).isFalse();
        assertThat(env.getConfiguration().get(PipelineOptions.AUTO_GENERATE_UIDS))
                .isFalse();
    }

    private static String uids(StreamGraph graph) {
        return graph.getStreamNodes().stream()
                .map(StreamNode::getTransformationUID)
                .sorted()
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private static StreamGraph graph(Configuration cluster) {
        return graph(cluster, CONFIG);
    }

    private static StreamGraph graph(Configuration cluster, SyncConfig config) {
        var env = StreamExecutionEnvironment.getExecutionEnvironment(cluster);
        env.setParallelism(4);
        SyncJob.build(env, config);
        return env.getStreamGraph();
    }

    private static JobGraph jobGraph() {
        return graph(new Configuration()).getJobGraph();
    }

    private static String golden(String name) throws IOException {
        try (var in = TopologyTest.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
