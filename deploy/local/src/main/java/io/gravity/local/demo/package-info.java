/**
 * The demo: real servers, one Flink job, mixed traffic, and a judgement at the end, by one command.
 *
 * <p>{@link io.gravity.local.demo.Demo} reads as the demo goes. {@link io.gravity.local.demo.LocalStack} is of use
 * to tests as well.
 */
package io.gravity.local.demo;
