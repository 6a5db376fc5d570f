/** Judges rows by configured rules. Its place in the line is fixed; its rules are still to come, so every row passes. */
package io.gravity.quality;
