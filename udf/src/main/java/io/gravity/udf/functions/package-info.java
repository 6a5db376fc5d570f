/**
 * The field functions that Gravity ships, each pure: it gives the same for the same value, on any machine. What one can
 * make nothing of it refuses with an {@link java.lang.IllegalArgumentException}. Users' jars compile without the two
 * libraries that some of them need.
 */
package io.gravity.udf.functions;
