/**
 * Says which targets a change goes to: by source table, by conditions on the row, or by the shard its key belongs to. A
 * change that makes a row leave a target's condition or shard becomes a delete there; a change that no rule speaks for,
 * or that a rule can't be applied to, is counted, never guessed about.
 */
package io.gravity.route;
