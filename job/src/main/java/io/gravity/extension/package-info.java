/**
 * Finds users' extensions on the class path by the names that configuration calls them by, and calls them so that what
 * goes wrong in one costs a row and not the job. Shared by the stages that call extensions.
 */
package io.gravity.extension;
