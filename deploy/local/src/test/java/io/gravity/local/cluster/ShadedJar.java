package io.gravity.local.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.local.demo.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The jar that goes to a cluster. */
public final class ShadedJar {
    private ShadedJar() {}

    /** Returns where the build has put it. */
    public static Path find() throws IOException {
        Path target = Home.find().resolve("job/target");
        try (var files = Files.list(target)) {
            var jars = files.filter(file -> file.getFileName().toString().matches("gravity-job-.*-all\\.jar"))
                    .toList();
            assertThat(jars)
                    .as("the shaded jar in %s; mvn -pl job -am package builds it", target)
                    .hasSize(1);
            return jars.get(0);
        }
    }
}
