/**
 * Reads MySQL and MariaDB through the parts of Flink CDC's connector, under an enumerator and a reader of our own.
 *
 * <p>The connector merges snapshot and binlog by filtering; that merge can hang and leaves phantom rows after a failover.
 * Here two readers run beside each other under one rule: the binlog's position is recorded and made durable by a
 * checkpoint before the first row moves; the binlog is streamed from there unfiltered; chunks are read beside it, and
 * each of their rows carries the recorded position as its version. A row read later than that position holds all changes
 * up to the moment it was read, and those after the recorded position come through the binlog as well, so "the later
 * position wins" gives the right row whatever the order of arrival.
 *
 * <p>A change counts as made when the binlog says or, where one is named, a column. The watermark follows the binlog and
 * its clock in any case.
 */
package io.gravity.source;
