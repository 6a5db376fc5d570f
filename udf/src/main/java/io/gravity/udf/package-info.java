/**
 * Where users add their own decisions: plain Java, found by {@link java.util.ServiceLoader} in jars that travel with the
 * job. Nothing here knows Flink.
 */
package io.gravity.udf;
