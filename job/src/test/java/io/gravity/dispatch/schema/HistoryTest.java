package io.gravity.dispatch.schema;

import static io.gravity.dispatch.schema.Widths.schema;
import static io.gravity.dispatch.schema.Widths.table;
import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.dispatch.schema.History.Feeder;
import io.gravity.dispatch.schema.History.Version;
import io.gravity.event.ChangeEvent;
import io.gravity.event.Column;
import io.gravity.event.Column.Declaration;
import io.gravity.event.Operation;
import io.gravity.event.Row;
import io.gravity.event.SourcePosition;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HistoryTest {
    private static final TableSchema FIRST = schema("a:5", "c:1");
    private static final TableSchema SECOND = schema("b<a:5");
    private static final TableSchema THIRD = schema("b<a:5", "a:2");

    private final List<Version> versions = new ArrayList<>();

    private History history() {
        return History.of(versions);
    }

    private static SourcePosition at(int position) {
        return new SourcePosition(1, position, 0, 0);
    }

    private static TableId shard(String name) {
        return new TableId("shop", name);
    }

    private static ChangeEvent row(String shard, int position, TableSchema schema) {
        var values = new Object[schema.columnCount()];
        values[0] = 1L;
        return ChangeEvent.captured(
                "db", shard(shard), shard("t"), Operation.INSERT, schema, null, Row.of(values), 0, at(position), 0);
    }

    private static ChangeEvent marker(String shard, int position, TableSchema schema) {
        return ChangeEvent.marker("db", shard(shard), Operation.SCHEMA, schema, 0, at(position), 0);
    }

    private Version begunBy(ChangeEvent event) {
        var version = history().begunBy(event);
        if (version != null) {
            versions.add(version);
        }
        return version;
    }

    @Test
    void beginsWithTheFirstRowOfATable() {
        assertThat(begunBy(row("t1", 7, FIRST))).isEqualTo(new Version(new Feeder("db", shard("t1")), at(7), FIRST));
        assertThat(begunBy(row("t1", 5, FIRST))).isNull();
        assertThat(begunBy(row("t2", 3, FIRST))).isNotNull();
    }

    @Test
    void putsWhatWasNeverSeenWhereItStands() {
        begunBy(row("t1", 7, FIRST));
        assertThat(begunBy(row("t1", 5, SECOND))).isNotNull();
        assertThat(history().isOutdated(FIRST)).isFalse();
        assertThat(history().isOutdated(SECOND)).isTrue();
    }

    @Test
    void goesOnWithWhatIsCopied() {
        begunBy(row("t1", 7, FIRST));
        var copied = ChangeEvent.captured(
                "db", shard("t1"), shard("t"), Operation.READ, SECOND, null, Row.of(1L, 2L), 0, at(5), 0);
        assertThat(begunBy(copied)).isNotNull();
        assertThat(history().isOutdated(FIRST)).isTrue();
        assertThat(history().isOutdated(SECOND)).isFalse();
    }

    @Test
    void takesNoNoteOfWhatTheServerSaysOfNow() {
        begunBy(marker("t1", 7, FIRST));
        var commented = new TableSchema(
                FIRST.columns().stream()
                        .map(column -> new Column(
                                column.name(),
                                column.type(),
                                column.nullable(),
                                new Declaration("5", "of now", "utf8mb4", null, false, List.of(), List.of())))
                        .toList(),
                0);
        begunBy(marker("t1", 9, SECOND));
        assertThat(begunBy(row("t1", 8, commented))).isNull();
        assertThat(history().nameNow(commented, "a")).isEqualTo("b");
    }

    @Test
    void takesARowOfBeforeForAStragglerAndALaterOneForAReturn() {
        begunBy(row("t1", 7, FIRST));
        begunBy(marker("t1", 9, SECOND));
        assertThat(begunBy(row("t1", 8, FIRST))).isNull();
        assertThat(begunBy(marker("t1", 9, SECOND))).isNull();
        assertThat(begunBy(row("t1", 10, FIRST))).isNotNull();
        assertThat(history().isOutdated(FIRST)).isFalse();
        assertThat(begunBy(marker("t1", 9, SECOND)))
                .as("it comes again after a restart")
                .isNull();
    }

    @Test
    void takesARowWithAnotherTablesColumnsForAMergedOne() {
        begunBy(row("t1", 7, FIRST));
        begunBy(marker("t2", 3, SECOND));
        assertThat(begunBy(row("t1", 8, SECOND))).isNull();
        assertThat(begunBy(marker("t1", 9, SECOND))).isNotNull();
    }

    @Test
    void knowsWhatAColumnIsCalledNow() {
        begunBy(row("t1", 7, FIRST));
        begunBy(marker("t1", 9, SECOND));
        begunBy(marker("t1", 11, THIRD));
        assertThat(history().nameNow(FIRST, "a")).isEqualTo("b");
        assertThat(history().nameNow(FIRST, "c")).isNull();
        assertThat(history().nameNow(SECOND, "b")).isEqualTo("b");
        assertThat(history().nameNow(THIRD, "a")).isEqualTo("a");
    }

    @Test
    void knowsColumnsThatHaveChangedTheirNamesWithEachOther() {
        begunBy(row("t1", 7, schema("a:5", "b:5")));
        begunBy(marker("t1", 9, schema("b<a:5", "a<b:5")));
        assertThat(history().nameNow(schema("a:5", "b:5"), "a")).isEqualTo("b");
        assertThat(history().nameNow(schema("a:5", "b:5"), "b")).isEqualTo("a");
    }

    @Test
    void callsAColumnAsTheFirstSourceThatHasRenamedIt() {
        begunBy(row("t1", 7, schema("a:5")));
        begunBy(row("t2", 1, schema("a:5")));
        begunBy(marker("t1", 9, SECOND));
        assertThat(history().nameNow(schema("a:5"), "a")).isEqualTo("b");
    }

    @Test
    void placesARowOfBeforeInTheTableOfNow() {
        begunBy(row("t1", 7, FIRST));
        begunBy(marker("t1", 9, SECOND));
        var placement = Placement.of(new Widths(), table("b:5"), FIRST, history());
        assertThat(placement.schema().columns())
                .extracting(column -> column.name())
                .containsExactly("id", "b");
        assertThat(placement.indexes()).containsExactly(0, 1);
        assertThat(placement.dropped()).extracting(column -> column.name()).containsExactly("c");
        assertThat(placement.missing()).isEmpty();
    }

    @Test
    void knowsWhomItHasComparedWithTheTable() {
        begunBy(row("t1", 7, FIRST));
        begunBy(marker("t1", 9, SECOND));
        var known = Known.of("layout", FIRST, List.of(row("t1", 8, FIRST)), history());
        assertThat(known.covers(List.of(row("t1", 8, FIRST)))).isTrue();
        assertThat(known.covers(List.of(row("t1", 10, FIRST)))).isFalse();
        assertThat(known.covers(List.of(row("t1", 8, FIRST), row("t2", 1, FIRST))))
                .isFalse();
        assertThat(Known.always("layout").covers(List.of(row("t3", 8, FIRST)))).isTrue();
    }

    @Test
    void isWrittenDownAndRead() {
        var version = new Version(new Feeder("db", shard("t1")), at(7), THIRD);
        assertThat(VersionText.read("db", "shop.t1", VersionText.position(version), VersionText.columns(version)))
                .isEqualTo(version);
    }
}
