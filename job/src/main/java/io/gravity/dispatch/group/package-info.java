/**
 * Several servers that serve as one target. A group is a {@link io.gravity.dispatch.TargetWriter} over those of its
 * members, so the dispatcher in front of it, its queue and its retries are those of any target.
 *
 * <p>Members are doors to the same data: nodes of one cluster, or servers that are replicated to each other. Each batch
 * goes through one door, or with consistent hashing each row always through the same one; nothing is copied from one
 * member to another. A member that can't be reached is taken for down after a few attempts, one that does not answer
 * after a time; the other primaries take over what it had, and backups once no primary is left. It is asked in the
 * background whether it is back, and serves again from then on.
 *
 * <p>What keeps a row's order through all this is that a worker of the dispatcher has one batch under way: it goes to
 * another member only once its write at the first one has ended, by an answer or an error, and no write goes on after
 * its error. A member taken for down is fenced: its writer is closed, which breaks the connections of writes that hang,
 * and it comes back with a new one. What is left is what the old server has received and not yet acted on. With MySQL
 * that is a COMMIT whose answer was lost; until it is carried out or rolled back the rows stay locked at that server,
 * and a newer write there waits behind it. With ClickHouse an older row that arrives late loses by its version. A Kafka
 * cluster may append records late that it had already received; their version tells.
 */
package io.gravity.dispatch.group;
