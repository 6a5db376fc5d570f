/**
 * Finds users' extensions by the names that configuration calls them by, and calls them so that what goes wrong in one
 * costs a row and not the job. Shared by the stages that call extensions.
 *
 * <p>They are found by the thread's context class loader, which in a task is the one that Flink makes of the job's jars:
 * a user's jar is one of those, as its classes have to see {@code io.gravity.udf} in ours. Flink's own {@code lib} is
 * behind another loader, from which they could not.
 */
package io.gravity.extension;
