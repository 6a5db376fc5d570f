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
 * <p>Tables are cut by their whole keys, by the server's own order, since the connector cuts by one column and holds a
 * chunk of many equal values in memory. A copy of a later time, which an operator asks for, is the same with a position of
 * its own. What a job is to copy is compared with what it has copied at each restore, so tables come and go.
 *
 * <p>A value does not depend on which of the two readers brought it: chunks are asked for in the form that the binlog
 * has, dates and times are read here and not by the connector, and one conversion serves both.
 *
 * <p>A database that fails concerns nobody else. All sources of a job restart together if a task fails, so failures are
 * contained where the connector is called: the enumerator and each reader try again without end, on threads of their own,
 * and a source that can't be read is idle to those that wait for its time. Only errors that are not the database's fail
 * the job. A binlog that was purged too early stops its source, or begins it anew by the same rule.
 *
 * <p>A change counts as made when the binlog says or, where one is named, a column. The watermark follows the binlog and
 * its clock in any case.
 */
package io.gravity.source;
