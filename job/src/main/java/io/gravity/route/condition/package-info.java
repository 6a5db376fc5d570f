/**
 * Conditions on a row's content, for routing: parsed when the configuration is loaded, bound once to each schema, then
 * evaluated per row without looking at the text again.
 *
 * <p>One comparison of one column with literals. JSqlParser reads them, so that the full language can follow without a
 * second grammar; whatever goes beyond is refused by name. Values are compared as SQL does it, with two deliberate
 * differences from MySQL: texts are compared exactly, not by the column's collation, and a literal of another type than
 * the column is refused where MySQL would convert it in silence.
 */
package io.gravity.route.condition;
