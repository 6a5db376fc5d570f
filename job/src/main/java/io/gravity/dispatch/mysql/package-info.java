/**
 * Writes changes to MySQL and MariaDB, as the last step of a {@code mysql} target's dispatcher.
 *
 * <p>A batch is one transaction of hand-built multi-row statements: deletes, then upserts. Only a row's last change in
 * the batch is written, so a batch may be written twice. Statement texts exist for row counts that are powers of two,
 * which keeps them few enough for the driver's cache of prepared statements; this measured 2.5 times the speed of the
 * driver's rewritten batches. What to write ({@code BatchPlan}), its text ({@code TableStatements}), its values
 * ({@code MySqlValues}) and the meaning of errors ({@code MySqlErrors}) are decided without a connection.
 */
package io.gravity.dispatch.mysql;
