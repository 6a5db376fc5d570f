/** Errors: one exception type with a code, whose category decides what the job does about it. */
package io.gravity.error;
