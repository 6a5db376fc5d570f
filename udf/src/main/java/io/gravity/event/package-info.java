/**
 * The vocabulary: the values that travel through the job and that users' extensions see.
 *
 * <p>Plain Java, no Flink, no driver, so that an extension compiles against the JDK and this module alone. Everything
 * here is immutable: one event is shared by all stages of a task without copies.
 */
package io.gravity.event;
