package io.gravity.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.debezium.relational.TableId;
import io.gravity.event.SourcePosition;
import java.util.HashMap;
import java.util.List;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlSnapshotSplit;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.RowType;
import org.junit.jupiter.api.Test;

/** What people are told about copies. */
class CopyProgressTest {
    private static final TableCopy COPY =
            TableCopy.first(new TableId("shop", null, "orders"), new SourcePosition(1, 4, 0, 0), 0);

    private long nanos;
    private final CopyProgress progress = new CopyProgress(() -> nanos);

    @Test
    void estimatesWhatIsLeft() {
        var first = chunk(COPY, 250);
        progress.cut(new ChunkCutter.Cut(COPY, first, COPY.behind(List.of("1"), List.of("9")), 1000));
        assertThat(only().secondsLeft()).as("nothing was read yet").isEqualTo(-1);
        nanos = 10_000_000_000L;
        progress.done(first);
        assertThat(only()).isEqualTo(new Resnapshots.Progress("", "shop.orders", null, 250, 1000, 1, 1, 30, false));
        assertThat(progress.rowsLeft()).isEqualTo(750);
        assertThat(progress.secondsLeft()).isEqualTo(30);
    }

    @Test
    void knowsTheRowsOnceAllIsCut() {
        var last = chunk(COPY, 40);
        progress.cut(new ChunkCutter.Cut(COPY, last, null, 1_000_000));
        assertThat(only().rowsTotal()).isEqualTo(40);
        assertThat(only().complete()).isFalse();
        progress.done(last);
        assertThat(only()).isEqualTo(new Resnapshots.Progress("", "shop.orders", null, 40, 40, 1, 1, 0, true));
    }

    @Test
    void anEmptyTableIsComplete() {
        progress.begun(COPY);
        assertThat(only().complete()).isFalse();
        progress.cut(new ChunkCutter.Cut(COPY, null, null, 0));
        assertThat(only().complete()).isTrue();
    }

    /** A failure can take a worker back behind the end of a chunk. */
    @Test
    void aChunkThatIsReadAgainIsNotComplete() {
        var chunk = chunk(COPY, 40);
        progress.cut(new ChunkCutter.Cut(COPY, chunk, null, 40));
        progress.found(chunk);
        assertThat(only().chunksCut()).as("known already").isEqualTo(1);
        progress.done(chunk);
        progress.found(chunk);
        assertThat(only().complete()).isFalse();
        progress.done(chunk);
        assertThat(only().complete()).isTrue();
    }

    private Resnapshots.Progress only() {
        assertThat(progress.all()).hasSize(1);
        return progress.all().get(0);
    }

    private static ChangeSplit chunk(TableCopy copy, long rows) {
        return new ChangeSplit(
                new MySqlSnapshotSplit(
                        copy.table(),
                        copy.nextChunk(),
                        RowType.of(new BigIntType(false)),
                        null,
                        null,
                        null,
                        new HashMap<>()),
                copy.start(),
                0,
                new ChangeSplit.Part(copy.run(), null, rows, 200));
    }
}
