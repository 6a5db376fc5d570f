package io.gravity.types;

/** Within what changes are kept in order, from the least that must wait for each other to the most. */
public enum OrderScope {
    /** Each row's changes. */
    ROW,
    /** All changes of a target table. */
    TABLE,
    /** All changes. */
    ALL
}
