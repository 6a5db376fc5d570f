/**
 * Mends rows that lack something, and gives the verdict on what can't be mended: judge, mend, judge again.
 *
 * <p>It judges by the checks of {@code quality}, as a row that was mended has to be looked at once more. Whatever is derived
 * depends on changes before the one to be mended and on no clock, so a replay mends alike. Values of other
 * tables, and whether their rows are there, are attached to a row by a stage of their own in front of the order, as parents
 * and children have different keys.
 */
package io.gravity.repair;
