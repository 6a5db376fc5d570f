package io.gravity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gravity.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Loads every file of {@code conf/}, except Flink's own. */
class ConfFilesTest {
    private static final Path CONF = Path.of("..", "conf");
    private static final String SPEC = "spec-18-6.1.yaml";

    @TestFactory
    List<DynamicTest> loadsWithoutAnyVariable() throws IOException {
        try (var files = Files.list(CONF)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .filter(file -> !file.endsWith("config.yaml") && !file.endsWith(SPEC))
                    .sorted()
                    .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
                        var rendered = SyncConfigLoader.load(file, name -> null).render();
                        assertThat(rendered).doesNotContain("change-me", "\"gravity\"\n      password: \"gravity\"");
                    }))
                    .toList();
        }
    }

    @Test
    void holdsTheSpecificationsValuesInTheDemo() throws IOException {
        var expected = SyncConfigLoader.load(CONF.resolve(SPEC), name -> null);
        var demo = SyncConfigLoader.load(CONF.resolve("demo.yaml"), name -> null);

        assertThat(demo.routes()).isEqualTo(expected.routes());
        assertThat(demo.resolve()).isEqualTo(expected.resolve());
        assertThat(demo.sources())
                .usingRecursiveFieldByFieldElementComparatorOnFields("name", "priority", "tables")
                .isEqualTo(expected.sources());
    }

    @Test
    void takesTheDemosPortsFromTheEnvironment() {
        var environment = Map.of(
                "GRAVITY_DEMO_USER_MASTER_PORT", "1",
                "GRAVITY_DEMO_ORDER_DB_PORT", "2",
                "GRAVITY_DEMO_LOG_DB_PORT", "3",
                "GRAVITY_DEMO_WAREHOUSE_PORT", "4",
                "GRAVITY_DEMO_KAFKA", "localhost:5",
                "GRAVITY_DEMO_CLICKHOUSE_PORT", "6",
                "GRAVITY_DEMO_PASSWORD", "s3cret");
        var demo = SyncConfigLoader.load(CONF.resolve("demo.yaml"), environment::get);

        assertThat(demo.sources()).extracting(source -> source.port()).containsExactly(1, 2, 3);
        assertThat(demo.render())
                .contains("port: 4\n", "brokers: [\"localhost:5\"]", "http-port: 6\n")
                .doesNotContain("s3cret");
    }

    @Test
    void printsFiveMistakesAtOnce() {
        var file = Path.of("src", "test", "resources", "five-mistakes.yaml");
        assertThatThrownBy(() -> SyncConfigLoader.load(file, name -> null))
                .isInstanceOf(ConfigException.class)
                .hasMessage("""
                        src/test/resources/five-mistakes.yaml has 5 problems:
                          line 6  sources[0].port: found "33o6", expected a whole number from 1 to 65535, e.g. 3306
                          line 9  sources[0].max-wrokers: unknown key. Did you mean max-workers?
                          line 16  targets[0].password: the environment variable WAREHOUSE_PASSWORD is not set. \
                        Set it, or give a default: ${env:WAREHOUSE_PASSWORD:default}
                          line 19  routing[0].targets[0]: found "warehose", expected the name of a target: warehouse. \
                        Did you mean warehouse?
                          line 20  flow_control: not supported yet""");
    }
}
