/**
 * Says which targets a change goes to, by source table and by content. A change that makes a row leave a target's
 * condition becomes a delete there; a change that no rule speaks for is counted, never guessed about.
 */
package io.gravity.route;
