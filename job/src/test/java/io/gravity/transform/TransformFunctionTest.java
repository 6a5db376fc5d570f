package io.gravity.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gravity.audit.DeadLetters;
import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.Operation;
import io.gravity.event.Row;
import io.gravity.event.RowKey;
import io.gravity.event.SourcePosition;
import io.gravity.event.TableId;
import io.gravity.event.TablePattern;
import io.gravity.event.TableSchema;
import io.gravity.expression.Condition;
import io.gravity.expression.Expression;
import io.gravity.transform.Transform.FieldCondition;
import io.gravity.transform.Transform.Mask.Method;
import io.gravity.transform.Transform.Operator;
import io.gravity.types.Stages;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransformFunctionTest {
    private static final TableId USERS = TableId.parse("shop.users");
    private static final TableSchema SCHEMA = new TableSchema(
            List.of(
                    new Column("user_id", ColumnType.of(Kind.INTEGER, "BIGINT"), false),
                    text("name"),
                    text("status"),
                    text("amount")),
            0);
    private static final List<TablePattern> ALL = List.of();
    private static final List<TablePattern> THESE = List.of(new TablePattern("shop.users"));
    private static final Transform NOT_DELETED = new Transform.DataFilter(
            ALL, List.of(new FieldCondition("status", Operator.NOT_EQUAL, List.of("deleted"))), null);
    private static final Transform AMOUNT =
            new Transform.Cast(ALL, "amount", SqlTypes.parse("decimal(10,2)").get());

    private final List<ChangeEvent> out = new ArrayList<>();
    private final List<ChangeEvent> letters = new ArrayList<>();

    @Test
    void aRenamedKeyIsStillTheKey() throws Exception {
        run(
                List.of(new Transform.FieldMapping(ALL, Map.of("USER_ID", "uid", "absent", "x"))),
                insert(Row.of(1L, "Ann", "active", "5")));

        var change = out.get(0);
        assertThat(names(change)).containsExactly("uid", "name", "status", "amount");
        assertThat(change.schema().isKey(0)).isTrue();
        assertThat(change.key()).isEqualTo(RowKey.of(USERS, 1L));
        assertThat(change.after()).isEqualTo(Row.of(1L, "Ann", "active", "5"));
    }

    @Test
    void aMarkerGetsTheColumnsThatRowsGet() throws Exception {
        run(
                List.of(
                        new Transform.FieldMapping(ALL, Map.of("name", "full_name")),
                        new Transform.DropColumns(ALL, List.of("status"))),
                ChangeEvent.marker("a", USERS, Operation.SCHEMA, SCHEMA, 5, SourcePosition.NONE, 6));

        var marker = out.get(0);
        assertThat(names(marker)).containsExactly("user_id", "full_name", "amount");
        assertThat(marker.isMarker()).isTrue();
        assertThat(marker.key()).isEqualTo(RowKey.of(USERS));
    }

    @Test
    void whatEmptiesATableGoesToEveryGroupOfKeys() throws Exception {
        run(List.of(), ChangeEvent.marker("a", USERS, Operation.TRUNCATE, SCHEMA, 5, SourcePosition.NONE, 6));

        var groups = out.stream()
                .map(marker -> KeyGroupRangeAssignment.assignToKeyGroup(marker.key(), out.size()))
                .distinct();
        assertThat(out).isNotEmpty().allMatch(marker -> marker.operation() == Operation.TRUNCATE);
        assertThat(groups).hasSameSizeAs(out);
    }

    @Test
    void columnsCanSwapNames() throws Exception {
        run(
                List.of(new Transform.FieldMapping(ALL, Map.of("name", "status", "status", "name"))),
                insert(Row.of(1L, "Ann", "active", "5")));
        assertThat(names(out.get(0))).containsExactly("user_id", "status", "name", "amount");
    }

    @ParameterizedTest
    @CsvSource({
        "INSERT,        , active, INSERT",
        "INSERT,        , deleted,",
        "READ,          , active, READ",
        "READ,          , deleted,",
        "UPDATE, active , banned, UPDATE",
        "UPDATE, active , deleted, DELETE",
        "UPDATE, deleted, active, INSERT",
        "UPDATE, deleted, deleted,",
        "UPDATE, NULL   , active, UPDATE",
        "DELETE, active ,, DELETE",
        "DELETE, deleted,,",
        "DELETE, NULL   ,, DELETE",
    })
    void aFilterTurnsAChangeIntoWhatItMeansForTheRowsThatPass(
            Operation operation, String before, String after, Operation expected) throws Exception {
        run(List.of(NOT_DELETED), change(operation, row(before), row(after)));

        assertThat(letters).isEmpty();
        if (expected == null) {
            assertThat(out).isEmpty();
            return;
        }
        assertThat(out).hasSize(1);
        var change = out.get(0);
        assertThat(change.operation()).isEqualTo(expected);
        assertThat(change.key()).isEqualTo(RowKey.of(USERS, 1L));
        assertThat(change.before() == null).isEqualTo(expected == Operation.INSERT || expected == Operation.READ);
        assertThat(change.after() == null).isEqualTo(expected == Operation.DELETE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "user_id | =  | 1 | true",
                "user_id | =  | 2 | false",
                "user_id | >= | 1 | true",
                "user_id | < | 1 | false",
                "status | in | active | true",
                "status | not-in | active | false",
                "name | not-in | Ann | true",
                "name | != | Ann | true",
                "name | = | Ann | false",
                "name | is-null | | true",
                "status | not-null | | true",
                "status | like | act% | true",
                "status | not_like | act% | false",
                "status | = | it's | false",
                "STATUS | == | active | true",
            })
    void comparesFields(String field, String operator, String value, boolean passes) throws Exception {
        var values = value == null ? List.<String>of() : List.of(value);
        run(
                List.of(new Transform.DataFilter(
                        THESE, List.of(new FieldCondition(field, Operator.of(operator), values)), null)),
                insert(Row.of(1L, null, "active", "5")));
        assertThat(out).hasSize(passes ? 1 : 0);
    }

    @Test
    void anExpressionFiltersToo() throws Exception {
        run(
                List.of(new Transform.DataFilter(ALL, List.of(), Condition.parse("user_id % 2 = 0"))),
                insert(Row.of(1L, "a", "x", "5")),
                insert(Row.of(2L, "b", "x", "5")));
        assertThat(out).extracting(ChangeEvent::key).containsExactly(RowKey.of(USERS, 2L));
    }

    @Test
    void derivesDropsMasksAndCastsInTheGivenOrder() throws Exception {
        run(
                List.of(
                        AMOUNT,
                        new Transform.DerivedColumn(
                                ALL,
                                "gross",
                                Expression.parse("amount * 2"),
                                SqlTypes.parse("decimal(10,1)").get()),
                        new Transform.Mask(ALL, Map.of("name", Method.PARTIAL)),
                        new Transform.Mask(ALL, Map.of("user_id", Method.HASH)),
                        new Transform.DropColumns(ALL, List.of("status"))),
                change(Operation.UPDATE, Row.of(1L, "Ann", "a", "1.25"), Row.of(1L, "Bob", "b", null)));

        var change = out.get(0);
        var key = "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b";
        assertThat(names(change)).containsExactly("user_id", "name", "amount", "gross");
        assertThat(change.before()).isEqualTo(Row.of(key, "A**", new BigDecimal("1.25"), new BigDecimal("2.5")));
        assertThat(change.after()).isEqualTo(Row.of(key, "B**", null, null));
        assertThat(change.key()).isEqualTo(RowKey.of(USERS, key));
        assertThat(change.schema().column(2).type())
                .isEqualTo(SqlTypes.parse("decimal(10,2)").get());
    }

    @Test
    void aRowThatCantBeTransformedIsALetterAndOthersGoOn() throws Exception {
        var bad = insert(Row.of(1L, "Ann", "a", "much"));
        run(List.of(AMOUNT), bad, insert(Row.of(2L, "Bob", "b", "5")));

        assertThat(out).extracting(ChangeEvent::key).containsExactly(RowKey.of(USERS, 2L));
        assertThat(letters).hasSize(1);
        assertThat(letter("reason")).isEqualTo("untransformable");
        assertThat(letter("stage")).isEqualTo("transform");
        assertThat(letter("table_name")).isEqualTo("shop.users");
        assertThat(letter("message")).isEqualTo("column amount: found \"much\", expected decimal(10,2)");
        assertThat((String) letter("row_data")).contains("\"amount\":\"much\"");
        assertThat(letter(DeadLetters.CHANGE_DATA)).isNull();
    }

    @Test
    void theEndOfABadRowIsToldToTheTargetsAllTheSame() throws Exception {
        run(
                List.of(AMOUNT, new Transform.DataFilter(ALL, List.of(), Condition.parse("amount > 3"))),
                change(Operation.DELETE, Row.of(1L, "Ann", "a", "much"), null),
                change(Operation.UPDATE, Row.of(2L, "Ann", "a", "much"), Row.of(2L, "Ann", "a", "5")),
                change(Operation.UPDATE, Row.of(3L, "Ann", "a", "much"), Row.of(3L, "Ann", "a", "1")));

        assertThat(letters).isEmpty();
        assertThat(out)
                .extracting(ChangeEvent::operation)
                .containsExactly(Operation.DELETE, Operation.UPDATE, Operation.DELETE);
        assertThat(out.get(0).before()).isEqualTo(Row.of(1L, "Ann", "a", null));
        assertThat(out.get(2).key()).isEqualTo(RowKey.of(USERS, 3L));
    }

    @Test
    void aDeleteWhoseKeyCantBeToldIsALetter() throws Exception {
        run(
                List.of(new Transform.Function(ALL, "user_id", "twice")),
                change(Operation.DELETE, Row.of(Long.MAX_VALUE, "Ann", "a", "1"), null),
                change(Operation.DELETE, Row.of(4L, "Ann", "a", "1"), null));

        assertThat(letters).hasSize(1);
        assertThat(out).extracting(ChangeEvent::key).containsExactly(RowKey.of(USERS, 8L));
    }

    @Test
    void aRowThatMovesToAnotherKeyLeavesTheOldOne() throws Exception {
        run(
                List.of(new Transform.FieldMapping(ALL, Map.of("user_id", "uid"))),
                change(Operation.UPDATE, Row.of(1L, "Ann", "a", "1"), Row.of(2L, "Ann", "a", "1")));

        assertThat(out).extracting(ChangeEvent::operation).containsExactly(Operation.DELETE, Operation.INSERT);
        assertThat(out).extracting(ChangeEvent::key).containsExactly(RowKey.of(USERS, 1L), RowKey.of(USERS, 2L));
    }

    @Test
    void callsFunctionsByEitherSpelling() throws Exception {
        run(
                List.of(
                        new Transform.Function(ALL, "name", "trim-and-lowercase"),
                        new Transform.Function(ALL, "amount", "normalize_phone"),
                        new Transform.Function(ALL, "status", "shout")),
                insert(Row.of(1L, "  ANN ", "a", "138 1234 5678")),
                insert(Row.of(2L, null, "nothing", null)));

        assertThat(out)
                .extracting(ChangeEvent::after)
                .containsExactly(Row.of(1L, "ann", "A", "+8613812345678"), Row.of(2L, null, null, null));
    }

    @Test
    void aFunctionThatLoopsThrowsOrErrsCostsItsRowAlone() throws Exception {
        long from = System.nanoTime();
        run(
                List.of(new Transform.Function(ALL, "status", "shout")),
                insert(Row.of(1L, "a", "throw", "1")),
                insert(Row.of(2L, "a", "number", "1")),
                insert(Row.of(3L, "a", "fine", "1")),
                insert(Row.of(4L, "a", "loop", "1")),
                insert(Row.of(5L, null, null, "1")));

        assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofSeconds(5));
        assertThat(out).extracting(ChangeEvent::key).containsExactly(RowKey.of(USERS, 3L), RowKey.of(USERS, 5L));
        assertThat(letters)
                .hasSize(3)
                .extracting(TransformFunctionTest::message)
                .satisfiesExactly(
                        text -> assertThat(text).startsWith("column status: ").contains("no such word"),
                        text -> assertThat(text).contains("returned a Long, expected a String"),
                        // What an earlier call took of the time allowed is gone.
                        text -> assertThat(text).containsPattern("did not return within \\d+ ms"));
    }

    @Test
    void callsRowTransforms() throws Exception {
        run(
                List.of(new Transform.RowFunction(ALL, "tidy-row")),
                insert(Row.of(1L, "Ann", "new", "1")),
                insert(Row.of(2L, "Bob", "gone", "1")),
                change(Operation.UPDATE, Row.of(3L, "Cy", "new", "1"), Row.of(3L, "Cy", "gone", "1")),
                insert(Row.of(4L, "Di", "throw", "1")),
                insert(Row.of(5L, "Ed", "unknown-column", "1")),
                insert(Row.of(6L, "Flo", "wrong-type", "1")),
                insert(Row.of(7L, "Gus", "null", "1")));

        assertThat(out).extracting(ChangeEvent::operation).containsExactly(Operation.INSERT, Operation.DELETE);
        assertThat(out.get(0).after()).isEqualTo(Row.of(1L, "Ann/new", "new", "1"));
        assertThat(letters)
                .hasSize(4)
                .extracting(TransformFunctionTest::message)
                .satisfiesExactly(
                        text -> assertThat(text).endsWith("TidyRow: not that one"),
                        text -> assertThat(text).isEqualTo("column nmae: the table has no such column"),
                        text -> assertThat(text).startsWith("column name: returned a Integer"),
                        text -> assertThat(text).contains("NullPointerException"));
    }

    @Test
    void anotherSchemaHasAPlanOfItsOwn() throws Exception {
        var wider = new ArrayList<>(SCHEMA.columns());
        wider.add(1, text("email"));
        run(
                List.of(new Transform.Mask(ALL, Map.of("name", Method.NULL, "email", Method.PARTIAL))),
                insert(Row.of(1L, "Ann", "a", "1")),
                change(new TableSchema(wider, 0), Operation.INSERT, null, Row.of(2L, "bob@b.io", "Bob", "b", "2")),
                insert(Row.of(3L, "Cy", "c", "3")));

        assertThat(out)
                .extracting(ChangeEvent::after)
                .containsExactly(
                        Row.of(1L, null, "a", "1"), Row.of(2L, "b**@b.io", null, "b", "2"), Row.of(3L, null, "c", "3"));
        assertThat(out.get(2).schema()).isSameAs(out.get(0).schema());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "drop    | column user_id is part of the key and can't be dropped",
                "mask    | column user_id is part of the key and can't be NULL",
                "name    | two columns would have the name status",
                "absent  | the table has no column amnt, expected one of user_id, name, status, amount.",
                "kind    | column user_id is BIGINT (INTEGER), and trim takes [TEXT] only",
                "number  | column user_id is a number, found \"x\", expected a number, e.g. 10",
            })
    void whatDoesNotFitTheTableIsToldForEachOfItsRows(String which, String problem) throws Exception {
        var transform =
                switch (which) {
                    case "drop" -> new Transform.DropColumns(ALL, List.of("user_id"));
                    case "mask" -> new Transform.Mask(ALL, Map.of("user_id", Method.NULL));
                    case "name" -> new Transform.FieldMapping(ALL, Map.of("name", "status"));
                    case "kind" -> new Transform.Function(ALL, "user_id", "trim");
                    case "number" ->
                        new Transform.DataFilter(
                                ALL, List.of(new FieldCondition("user_id", Operator.LESS, List.of("x"))), null);
                    default ->
                        new Transform.Cast(THESE, "amnt", SqlTypes.parse("int").get());
                };
        run(List.of(transform), insert(Row.of(1L, "Ann", "a", "1")));

        assertThat(out).isEmpty();
        assertThat(letters).hasSize(1);
        assertThat((String) letter("message"))
                .startsWith("transforms[0] (" + transform.type() + ") does not fit shop.users: ")
                .contains(problem);
    }

    @Test
    void withoutQuarantineTheJobStopsWithARemedy() throws Exception {
        var function = new TransformFunction(
                List.of(new Transform.DropColumns(ALL, List.of("user_id"))), new TableMapper("a", List.of()), null);
        try (var stage = Stages.of(function)) {
            stage.open();
            assertThatThrownBy(() -> stage.processElement(insert(Row.of(1L, "Ann", "a", "1")), 0))
                    .isInstanceOf(GravityException.class)
                    .hasMessageContaining("can't be dropped. Correct the transform, name in its tables: only those it");
        }
    }

    @Test
    void aTableOfNoTransformPassesUntouched() throws Exception {
        var change = insert(Row.of(1L, "Ann", "a", "1"));
        run(List.of(new Transform.DropColumns(List.of(new TablePattern("shop.orders")), List.of("name"))), change);
        assertThat(out).containsExactly(change);
        assertThat(out.get(0)).isSameAs(change);
    }

    @Test
    void theMappingSeesTheTransformedRow() throws Exception {
        var mapper = new TableMapper(
                "a", List.of(new TableMapping(null, List.of(new TablePattern("shop.*")), "dw.${table}")));
        var function = new TransformFunction(List.of(new Transform.Function(ALL, "user_id", "twice")), mapper, null);
        try (var stage = Stages.of(function)) {
            stage.open();
            stage.processElement(insert(Row.of(1L, "Ann", "a", "1")), 0);
            assertThat(stage.extractOutputValues().get(0).key()).isEqualTo(RowKey.of(TableId.parse("dw.users"), 2L));
        }
    }

    private void run(List<Transform> transforms, ChangeEvent... changes) throws Exception {
        var function = new TransformFunction(
                transforms,
                new TableMapper("a", List.of()),
                DeadLetters.ofSourceRows("gravity.dead_letters", "transform"));
        try (OneInputStreamOperatorTestHarness<ChangeEvent, ChangeEvent> stage = Stages.of(function)) {
            stage.open();
            for (var change : changes) {
                stage.processElement(change, 0);
            }
            out.addAll(stage.extractOutputValues());
            var set = stage.getSideOutput(TransformFunction.LETTERS);
            if (set != null) {
                set.forEach(record -> letters.add(record.getValue()));
            }
        }
    }

    private Object letter(String column) {
        return letters.get(0).after().value(DeadLetters.SCHEMA.indexOf(column));
    }

    private static String message(ChangeEvent letter) {
        return (String) letter.after().value(DeadLetters.SCHEMA.indexOf("message"));
    }

    private static List<String> names(ChangeEvent change) {
        return change.schema().columns().stream().map(Column::name).toList();
    }

    private static Row row(String status) {
        return status == null ? null : Row.of(1L, "Ann", status.equals("NULL") ? null : status, "5");
    }

    private static ChangeEvent insert(Row after) {
        return change(Operation.INSERT, null, after);
    }

    private static ChangeEvent change(Operation operation, Row before, Row after) {
        return change(SCHEMA, operation, before, after);
    }

    private static ChangeEvent change(TableSchema schema, Operation operation, Row before, Row after) {
        return ChangeEvent.captured(
                "a", USERS, USERS, operation, schema, before, after, 1000, new SourcePosition(1, 4, 0, 1), 2000);
    }

    private static Column text(String name) {
        return new Column(name, new ColumnType(Kind.TEXT, "VARCHAR", 40, -1), true);
    }
}
