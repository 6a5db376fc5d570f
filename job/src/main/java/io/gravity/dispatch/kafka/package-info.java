/**
 * Writes changes to Kafka, as the last step of a {@code kafka} target's dispatcher.
 *
 * <p>One record per change, keyed by the row, so that a row's changes stay in order in one partition and a compacted
 * topic keeps the newest. The record's form ({@code RecordFormat}: Gravity's own, those of other change capture tools,
 * Avro, events of the business), its topic ({@code TopicNames}) and the meaning of errors ({@code KafkaErrors}) are
 * decided without a broker. The forms of other tools follow what Flink's formats of the same names read. Delivery is at
 * least once: after a failure a batch is sent again, and readers tell repeats by {@code version} or the position. With
 * {@code consistency: strong} it is exactly once: a batch is a transaction, which moves the offsets that are the ledger
 * ({@code KafkaLedgerWriter}).
 */
package io.gravity.dispatch.kafka;
