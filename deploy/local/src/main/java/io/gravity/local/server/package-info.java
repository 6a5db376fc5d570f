/**
 * Real servers as child processes: MariaDB or MySQL, Kafka, ClickHouse.
 *
 * <p>The demo, the integration tests and the benchmarks use the same small closeable classes. Every
 * server runs outside this JVM, so that it can be killed, paused and started again on the same data
 * and the same port, which is how recovery is proved. All listen on 127.0.0.1 only, and none
 * outlives the JVM that started it. Binaries come from the machine's own package clients and are
 * kept in one cache folder ({@link io.gravity.local.server.Downloads}); what can't be had is
 * reported by {@link io.gravity.local.server.ServerUnavailableException}.
 */
package io.gravity.local.server;
