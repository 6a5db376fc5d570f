/**
 * How one value of a field follows from several. Shared by the stages that bring rows together: repair, which makes one
 * row of duplicates, and resolve, which merges what sources say of one row.
 */
package io.gravity.field;
