/**
 * Decides which change of a row wins, and drops replays. Per row, state holds what each source said last and which
 * change won; a change is judged against that and nothing else, so the order of arrival does not matter. This stage, and
 * not the order of the stream, is what makes targets converge.
 */
package io.gravity.resolve;
