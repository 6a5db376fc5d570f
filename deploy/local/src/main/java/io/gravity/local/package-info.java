/** Gravity on one machine: {@link io.gravity.local.LocalRun} runs a configuration in this JVM, for trying it out. */
package io.gravity.local;
