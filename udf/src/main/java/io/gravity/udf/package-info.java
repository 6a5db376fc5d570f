/**
 * Where users add their own decisions: plain Java, found by {@link java.util.ServiceLoader} in a jar on the class path of
 * the cluster. Nothing here knows Flink.
 */
package io.gravity.udf;
