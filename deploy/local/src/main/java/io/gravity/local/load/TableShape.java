package io.gravity.local.load;

/** How rows of one table are written as SQL. A row is known by one number, from which its key columns follow. */
interface TableShape {
    /** {@code database.table}. */
    String table();

    /** All columns, in the order of {@link #values}. */
    String columns();

    /** The values of a new row, with commas between. */
    String values(long key, Draw draw);

    /** Assignments that certainly change the row. */
    String changes(Draw draw);

    /** The condition that finds the row. */
    String where(long key);

    /** Assignments that give the row another key. */
    String rekey(long key);

    /** An expression for the row's number. */
    String keyExpression();
}
