/**
 * Flink inside this JVM: job manager and task managers as threads, with the web UI, for the demo, local runs and tests.
 *
 * <p>It runs the graph that a cluster runs, with the same checkpoints. What differs is the class loader (one for
 * everything) and that a task manager can be ended and another started by a method call.
 */
package io.gravity.local.flink;
