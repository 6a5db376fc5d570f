/**
 * What the job writes down about its own decisions, as changes of tables of its own, so that they travel and rest like
 * any other row.
 *
 * <p>Shared by the stages, which know each other only through the vocabulary. A dead letter is a row that could not go
 * on: nothing else is left of it, so it holds all that was known.
 */
package io.gravity.audit;
