package io.gravity.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.debezium.relational.Column;
import io.debezium.relational.Table;
import io.debezium.relational.TableId;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FormerNamesTest {

    @Test
    void aColumnRemembersAllItsNames() {
        var first = table("id", "a");
        var second = FormerNames.noted(first, table("id", "b"), "ALTER TABLE t RENAME COLUMN a TO b");
        var third = FormerNames.noted(second, table("id", "c"), "ALTER TABLE t CHANGE b c INT NULL");
        var fourth = FormerNames.noted(third, table("id", "c", "d"), "ALTER TABLE t ADD d INT");
        assertThat(FormerNames.of(fourth.columnWithName("c"))).containsExactly("b", "a");
        assertThat(FormerNames.of(fourth.columnWithName("id"))).isEmpty();
        assertThat(FormerNames.of(fourth.columnWithName("d"))).isEmpty();
    }

    @Test
    void aNameThatAnotherColumnHasNowIsForgotten() {
        var renamed = FormerNames.noted(table("id", "a"), table("id", "b"), "ALTER TABLE t RENAME COLUMN a TO b");
        var added = FormerNames.noted(renamed, table("id", "b", "a"), "ALTER TABLE t ADD a INT");
        assertThat(FormerNames.of(added.columnWithName("b"))).isEmpty();
    }

    @Test
    void aNameThatIsHandedOnIsKept() {
        var handed = FormerNames.noted(
                table("id", "a", "b"), table("id", "x", "a"), "ALTER TABLE t CHANGE a x INT NULL, CHANGE b a INT NULL");
        assertThat(FormerNames.of(handed.columnWithName("x"))).containsExactly("a");
        assertThat(FormerNames.of(handed.columnWithName("a"))).containsExactly("b");
    }

    @Test
    void backticksInANameStayWhatTheyAre() {
        var renamed = FormerNames.noted(
                table("id", "a``b"), table("id", "c``d"), "ALTER TABLE t CHANGE COLUMN `a``b` `c``d` INT NULL");
        assertThat(FormerNames.of(renamed.columnWithName("c``d"))).containsExactly("a`b");
    }

    @Test
    void aColumnKeepsTheDefaultThatItCameWith() {
        var create = "CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(5) DEFAULT 'x', b INT)";
        var change = "ALTER TABLE t CHANGE a c VARCHAR(9) NULL, MODIFY b INT DEFAULT 5, ADD a INT DEFAULT 7";
        var changed = FormerNames.noted(Parsed.table(create), Parsed.table(create, change), change);
        assertThat(Declarations.literal(changed.columnWithName("c"))).isEqualTo("'x'");
        assertThat(Declarations.literal(changed.columnWithName("b"))).isNull();
        assertThat(Declarations.literal(changed.columnWithName("a"))).isEqualTo("7");
        var retype = "ALTER TABLE t MODIFY a VARCHAR(3) DEFAULT 'y'";
        var retyped = FormerNames.noted(changed, Parsed.table(create, change, retype), retype);
        assertThat(Declarations.literal(retyped.columnWithName("a"))).isEqualTo("'y'");
    }

    @Test
    void aTableThatIsToldAnewKeepsFirstDefaults() {
        var before = Parsed.table("CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(5) DEFAULT 'x')");
        var create =
                "CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(5) CHARACTER SET utf8mb4, b VARCHAR(5) DEFAULT 'y')";
        var told = FormerNames.noted(before, Parsed.table(create), create);
        assertThat(Declarations.literal(told.columnWithName("a"))).isEqualTo("'x'");
        assertThat(Declarations.literal(told.columnWithName("b"))).isEqualTo("'y'");
    }

    @Test
    void aNewTableHasNone() {
        var created = FormerNames.noted(null, table("id", "a"), "CREATE TABLE t (id INT, a INT)");
        assertThat(created.columns()).allMatch(column -> FormerNames.of(column).isEmpty());
        assertThat(FormerNames.of(null)).isEmpty();
    }

    private static Table table(String... columns) {
        return Table.editor()
                .tableId(new TableId("shop", null, "t"))
                .addColumns(Stream.of(columns)
                        .map(name -> Column.editor().name(name).type("INT").create())
                        .toList())
                .create();
    }
}
