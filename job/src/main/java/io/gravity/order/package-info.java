/**
 * Puts the changes of a row that come from several sources in the order of their event times, by holding them until the
 * watermark has passed or the maximal delay is over. Order here is a courtesy to whoever watches the stream: which change
 * wins is decided by versions, downstream, whatever the order.
 */
package io.gravity.order;
