/** Errors: one exception type with a code, whose category decides what the job does about it; and how long it pauses. */
package io.gravity.error;
