package io.gravity;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.config.Secret;
import io.gravity.event.TablePattern;
import io.gravity.source.SourceConfig;
import io.gravity.source.SourceConfig.ServerIds;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ServerIdAssignmentTest {

    private static SourceConfig source(String name, int workers, ServerIds ids) {
        return new SourceConfig(
                name,
                name + ".example.com",
                3306,
                "u",
                Secret.of("p"),
                1,
                workers,
                List.of(new TablePattern("t")),
                List.of(),
                ids,
                SourceConfig.Startup.initial(),
                SourceConfig.Tuning.defaults());
    }

    @Property
    void givesDisjointRangesThatAreWideEnough(
            @ForAll @Size(min = 1, max = 8) List<@IntRange(min = 1, max = 128) Integer> workers, @ForAll int salt) {
        var sources = new ArrayList<SourceConfig>();
        for (int i = 0; i < workers.size(); i++) {
            sources.add(source("s" + salt + i, workers.get(i), null));
        }
        var complete = ServerIdAssignment.complete(sources);

        for (int i = 0; i < complete.size(); i++) {
            var ids = complete.get(i).serverIds();
            assertThat(ids.count()).isEqualTo(workers.get(i).longValue());
            assertThat(ids.first()).isGreaterThanOrEqualTo(100_000);
            assertThat(ids.last()).isLessThanOrEqualTo(Integer.MAX_VALUE);
            for (int j = 0; j < i; j++) {
                assertThat(ids.overlaps(complete.get(j).serverIds())).isFalse();
            }
        }
        assertThat(ServerIdAssignment.complete(sources)).isEqualTo(complete);
    }

    @Test
    void keepsAndAvoidsWhatIsConfigured() {
        var free = ServerIdAssignment.complete(List.of(source("a", 2, null), source("b", 1, new ServerIds(7, 7))))
                .get(0)
                .serverIds();
        var explicit = new ServerIds(free.first() + 1, free.first() + 1);
        var complete = ServerIdAssignment.complete(List.of(source("a", 2, null), source("b", 1, explicit)));

        assertThat(complete.get(1).serverIds()).isEqualTo(explicit);
        assertThat(complete.get(0).serverIds()).isEqualTo(new ServerIds(free.first() + 2, free.first() + 3));
    }

    @Test
    void differsBetweenJobs() {
        assertThat(ServerIdAssignment.complete(List.of(source("a", 1, null)))
                        .get(0)
                        .serverIds())
                .isNotEqualTo(ServerIdAssignment.complete(List.of(source("b", 1, null)))
                        .get(0)
                        .serverIds());
    }
}
