/**
 * Expressions in SQL on the content of a row: parsed when the configuration is loaded, bound once to each schema, then
 * evaluated per row without looking at the text or the types again.
 *
 * <p>JSqlParser reads the text; what is taken over is a small tree of our own, which is serializable and knows its
 * types. Binding finds the columns, checks every type, brings operands to one type, computes what is constant, and gives
 * a tree of closures. Logic is SQL's with three values, numbers are exact unless a FLOAT or DOUBLE takes part, and a
 * division by zero is NULL. Deliberate differences from MySQL: texts are compared exactly, not by the column's collation;
 * what is of another type is refused where MySQL would convert it in silence; a backslash in a literal stands for itself;
 * a result that does not fit its type is wider or NULL, never cut. There is no function whose answer depends on more than
 * the row, such as NOW(): a row judged again must be judged the same.
 */
package io.gravity.expression;
